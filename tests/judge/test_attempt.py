"""One forked process: its time, its output, and each way in which it can end. A stand-in takes the place of its inside.

All of it runs in a fork of the tests, because an attempt kills every child of the process that it belongs to.
"""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from interview_prep.judge import attempt, child
from interview_prep.judge.attempt import Attempt, Fault
from interview_prep.judge.messages import Send, make_sender
from interview_prep.judge.request import DrillSpec
from interview_prep.judge.server import become_subreaper
from interview_prep.judge.verdict import Verdict
from tests.support.forked import run_in_fork

DRILL = DrillSpec("/drills/double", [], [], ["double"])
CORE_ENDED = {"tier": "core", "refused": "", "line": 0}
CHECK = {"check": {"name": "test_one", "description": "Says something.", "passed": True}}


def judge_in_fork(folder: Path, run_answer: Callable[[Send, child.Ends], object], seconds: float = 20) -> Any:
    """The verdict or the Fault of an attempt whose process does `run_answer`, and the children left after it."""

    def child_main(_: object, __: Path, ends: child.Ends, secret: bytes) -> None:
        send = make_sender(ends.report, secret)
        try:
            child.close_other_fds(*ends)
            os.setsid()
            child.redirect_output(ends.printed)
            send({"collected": [("test_one", False)]})
            run_answer(send, ends)
        finally:
            os._exit(0)

    def judge() -> tuple[Verdict | str, list[int]]:
        become_subreaper()  # as the server does
        child.child_main = cast("Any", child_main)
        one = Attempt(cast("pytest.Session", None), folder)
        try:
            return one.judge_answer(DRILL, "/work/answer.py", seconds), []
        except Fault as fault:
            return str(fault), []
        finally:
            one.clean_up()
            left = [*attempt.list_children(), *folder.iterdir()]
            assert not left, left

    outcome = run_in_fork(judge)
    assert isinstance(outcome, tuple), outcome
    return outcome[0]


def test_reported_checks_become_the_verdict(tmp_path: Path) -> None:
    """What was printed comes with it, the end of it alone."""

    def report(send: Send, _: child.Ends) -> None:
        print("x" * 5000, "\nthe end")
        for message in ({"imported": True}, CHECK, CORE_ENDED, {"ended": ""}):
            send(message)

    verdict = judge_in_fork(tmp_path, report)
    assert verdict.passed
    assert verdict.printed.endswith("the end\n")
    assert len(verdict.printed) == attempt.PRINTED_BYTES


def test_timeout_ends_an_answer_that_ignores_signals(tmp_path: Path) -> None:
    """Half a second and not much longer, and its process is killed."""

    def sleep_forever(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(1)

    begin = time.monotonic()
    verdict = judge_in_fork(tmp_path, sleep_forever, seconds=0.5)
    assert verdict.reason == "It takes more than 0.5 s while it is imported."
    assert 0.5 <= verdict.seconds < time.monotonic() - begin < 10


def test_output_of_a_flood_is_cut_off(tmp_path: Path) -> None:
    """An answer that floods the report gets no pass and fills no memory: reading stops at the limit."""

    def flood(_: Send, ends: child.Ends) -> None:
        while True:
            os.write(ends.report, b"x" * (1 << 16) + b"\n")

    verdict = judge_in_fork(tmp_path, flood, seconds=20)
    assert (verdict.passed, verdict.reason) == (False, "It closed its connection to the judge while it is imported.")
    assert verdict.seconds < 15


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda *_: os._exit(0), "It ended the process while it is imported."),
        (lambda *_: os._exit(3), "It ended the process while it is imported."),
        (lambda *_: os.abort(), "It was killed by SIGABRT while it is imported."),
        (lambda *_: os.kill(os.getpid(), signal.SIGTERM), "It was killed by SIGTERM while it is imported."),
    ],
)
def test_end_of_the_process_is_named(tmp_path: Path, end: Callable[[Send, child.Ends], object], reason: str) -> None:
    """No final message, no pass, whatever the exit code is."""
    verdict = judge_in_fork(tmp_path, end)
    assert (verdict.passed, verdict.reason) == (False, reason)


def test_closed_report_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that lives on, but can't be heard any more."""
    monkeypatch.setattr(attempt, "EXIT_SECONDS", 0.2)

    def close_and_stay(_: Send, ends: child.Ends) -> None:
        os.close(ends.report)
        time.sleep(60)

    assert (
        judge_in_fork(tmp_path, close_and_stay).reason == "It closed its connection to the judge while it is imported."
    )


def test_kill_by_the_system_is_a_fault(tmp_path: Path) -> None:
    """SIGKILL that nobody here has sent is the kernel's, when memory runs out: that is no verdict."""
    fault = judge_in_fork(tmp_path, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    assert fault == "The system killed the process that ran the answer, probably because memory ran out."


def test_reported_fault_is_raised(tmp_path: Path) -> None:
    """A fault that the process itself reports is no verdict either."""
    assert judge_in_fork(tmp_path, lambda send, _: send({"fault": "The judge has failed."})) == "The judge has failed."


def test_process_tree_is_killed(tmp_path: Path) -> None:
    """What the answer has started ends with it, in another session as well; judge_in_fork looks for children left."""

    def start_others(send: Send, _: child.Ends) -> None:
        for _number in range(3):
            if os.fork() == 0:
                os.setsid()
                time.sleep(30)
        send({"reason": "The file is empty.", "line": 0})

    begin = time.monotonic()
    assert judge_in_fork(tmp_path, start_others).reason == "The file is empty."
    assert time.monotonic() - begin < 20, "somebody has waited for the processes that the answer started"
