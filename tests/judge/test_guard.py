"""The guard: what it refuses an answer, event by event, and what it lets pass."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from interview_prep.judge.guard import CHANGE_EVENTS, KILL_EVENTS, NETWORK_EVENTS, PROCESS_EVENTS, Guard
from tests.support.forked import run_in_fork

DRILL, SCRATCH, ELSEWHERE = "/drills/double", "/judge/scratch", "/somewhere/else"
REFUSED = [
    *((event, (), "It starts a process.") for event in PROCESS_EVENTS),
    *((event, (ELSEWHERE,), f"It changes {ELSEWHERE}.") for event in CHANGE_EVENTS),
    *((event, (), "It uses the network.") for event in NETWORK_EVENTS),
    *((event, (1, 9), "It sends a signal to another process.") for event in KILL_EVENTS),
    ("os.rename", (f"{SCRATCH}/a", ELSEWHERE), f"It changes {ELSEWHERE}."),
    ("open", (f"{DRILL}/solution.py", "r", os.O_RDONLY), "It reads solution.py of the drill."),
    ("open", (os.fsencode(f"{DRILL}/coach.md"), "rb", os.O_RDONLY), "It reads coach.md of the drill."),
    ("open", (ELSEWHERE, "w", os.O_WRONLY | os.O_CREAT), f"It writes {ELSEWHERE}."),
    ("open", (ELSEWHERE, "a", os.O_WRONLY | os.O_APPEND), f"It writes {ELSEWHERE}."),
    ("open", (Path(ELSEWHERE), "r+", os.O_RDWR), f"It writes {ELSEWHERE}."),
]
ALLOWED: list[tuple[str, tuple[Any, ...]]] = [
    ("open", (ELSEWHERE, "r", os.O_RDONLY)),
    ("open", (f"{SCRATCH}/notes.txt", "w", os.O_WRONLY | os.O_CREAT)),
    ("open", (os.devnull, "w", os.O_WRONLY)),
    ("open", (1, "w", os.O_WRONLY)),
    ("os.mkdir", (f"{SCRATCH}/folder", 0o777, -1)),
    ("time.sleep", (1,)),
]


class Outcome(NamedTuple):
    """What became of an audit event."""

    raised: str
    refused: str
    line: int


def raise_event(event: str, arguments: tuple[Any, ...], *, through_checks: bool = False) -> Outcome:
    """Raise an audit event in line 3 of an answer, or in the checks that it calls, with the guard's hook installed."""
    guard = Guard(Path(DRILL), Path(SCRATCH), "/work/answer.py")
    call = compile("audit(event, *arguments)", f"{DRILL}/test_answer.py", "exec")
    names = {"audit": sys.audit, "event": event, "arguments": arguments, "call": call}
    source = "exec(call)" if through_checks else "audit(event, *arguments)"
    answer = compile(f"\n\n{source}\n", guard.answer, "exec")

    def run() -> Outcome:
        guard.install_audit_hook()
        try:
            exec(answer, names)
        except PermissionError as error:
            return Outcome(str(error), guard.refused, guard.line)
        return Outcome("", guard.refused, guard.line)

    outcome = run_in_fork(run)
    assert isinstance(outcome, Outcome), outcome
    return outcome


@pytest.mark.parametrize(("event", "arguments", "reason"), REFUSED)
def test_event_of_an_answer_is_refused(event: str, arguments: tuple[Any, ...], reason: str) -> None:
    """It raises in the answer, and reason and line are kept for the verdict."""
    raised, refused, line = raise_event(event, arguments)
    assert (refused, line) == (reason, 3)
    assert raised == f"An answer can't do this here: it {reason[3:-1]}."


@pytest.mark.parametrize(("event", "arguments"), ALLOWED)
def test_harmless_event_is_allowed(event: str, arguments: tuple[Any, ...]) -> None:
    """Reading elsewhere, writing in the scratch folder, and events that nobody watches."""
    assert raise_event(event, arguments) == ("", "", 0)


def test_event_of_the_checks_is_allowed() -> None:
    """What a check does after the answer has called it is not the answer's doing."""
    assert raise_event("os.fork", (), through_checks=True) == ("", "", 0)


def test_signal_to_own_process_is_allowed() -> None:
    """An answer may end itself; that is a verdict of its own."""

    def send() -> str:
        guard = Guard(Path(DRILL), Path(SCRATCH), "/work/answer.py")
        guard.install_audit_hook()
        exec(compile("kill(pid, 0)", guard.answer, "exec"), {"kill": os.kill, "pid": os.getpid()})
        return guard.refused

    assert run_in_fork(send) == ""


def real_calls() -> dict[str, Callable[[], object]]:
    """Functions that raise a watched event in this version of Python."""
    return {
        "os.system": lambda: os.system("true"),
        "os.fork": os.fork,
        "os.posix_spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "os.remove": lambda: Path(ELSEWHERE).unlink(),
        "os.chmod": lambda: Path(ELSEWHERE).chmod(0o600),
        "open": lambda: os.open(ELSEWHERE, os.O_WRONLY | os.O_CREAT),
    }


@pytest.mark.parametrize("name", real_calls())
def test_real_call_raises_its_event(name: str) -> None:
    """The events have the names that Python gives them: a call from an answer is stopped before it acts."""

    def call() -> bool:
        guard = Guard(Path(DRILL), Path(SCRATCH), "/work/answer.py")
        guard.install_audit_hook()
        try:
            exec(compile("call()", guard.answer, "exec"), {"call": real_calls()[name]})
        except PermissionError:
            return bool(guard.refused)
        return False

    assert run_in_fork(call) is True


def test_first_refusal_is_kept() -> None:
    """An answer that catches one refusal and meets another reads about the first, which is sent at once."""
    sent: list[dict[str, Any]] = []
    guard = Guard(Path(DRILL), Path(SCRATCH), send=sent.append)
    guard.refuse("It starts a process.", 4)
    guard.refuse("It uses the network.", 9)
    assert (guard.refused, guard.line) == ("It starts a process.", 4)
    assert sent == [{"refused": "It starts a process.", "line": 4}]
