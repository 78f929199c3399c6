"""One verdict: a process begun in advance is spent on one answer, watched, and cleared away with all that it started.

What happens inside it stands in examine.py.
"""

import contextlib
import hashlib
import hmac
import json
import marshal
import os
import secrets
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict, replace
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

import pytest

from interview_prep.judge import limits
from interview_prep.judge.run_checks import (
    AnswerRejected,
    Request,
    Send,
    collect_checks,
    install_guards,
    rehearse,
    run_checks,
)
from interview_prep.judge.verdict import CheckResult, Verdict

REPORT = 4 << 20  # bytes; no honest answer's checks have so much to say
SIGNATURE = 32  # bytes
STARTUP_SECONDS = 60  # seconds in which an interpreter has started, or never will
UNHEARD = os.EX_IOERR  # the exit code of a process whose line is closed
TAIL = 2000  # bytes of what an answer prints that are worth showing
KILLED = 1.0  # seconds in which a process that the system has killed is dead, its line being closed already
Message = dict[str, Any]


class Fault(Exception):  # noqa: N818 - not an error in the judge's program, which would be a traceback
    """Why there is no verdict: the judge or the machine has failed, not the answer. One sentence."""


class Attempt:
    """A process that waits for its one answer; `judge` spends it. To begin one costs more than to spend it."""

    def __init__(self, begun: pytest.Session | None, folder: Path) -> None:
        """Fork `begun`, or where that is None start another interpreter."""
        self.rehearses = ""  # the folder of the drill
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self.printed = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by end()
        self.key = secrets.token_bytes(16)
        orders, self.orders = Pipe(duplex=False)
        self.report, report = os.pipe()
        ends = orders.fileno(), report, self.printed.fileno()
        self.child = os.fork() if begun else spawn_interpreter(ends)
        if begun and self.child == 0:
            child_main(begun, *ends)
        orders.close()
        os.close(report)
        self.orders.send_bytes(self.key)

    def rehearse(self, request: Request) -> None:
        """Have it run the checks on a known mistake while it waits."""
        self.rehearses = request.folder
        self.send_request(request)

    def judge_answer(self, request: Request, seconds: float) -> Verdict:
        """What an answer is worth, in at most about `seconds`."""
        select.select([self.report], [], [], STARTUP_SECONDS)
        begin = time.perf_counter()
        self.send_request(request)
        messages, late = self.read_messages(begin + seconds)
        if not late and not is_complete(messages) and was_killed(self.child):
            raise Fault("The system killed the process that ran the answer, as it does when memory runs out.")
        how = "" if is_complete(messages) else f"It takes more than {seconds:g} s" if late else self.clear()
        self.printed.seek(max(0, self.printed.seek(0, os.SEEK_END) - TAIL))
        printed = self.printed.read().decode(errors="replace")
        fault = next((message["fault"] for message in messages if "fault" in message), "")
        if fault:
            raise Fault(fault)
        verdict = build_verdict(Path(request.folder).name, messages, how)
        return replace(verdict, printed=printed, seconds=time.perf_counter() - begin)

    def send_request(self, request: Request) -> None:
        self.orders.send_bytes(json.dumps({**asdict(request), "scratch": str(self.scratch)}).encode())

    def read_messages(self, until: float) -> tuple[list[Message], bool]:
        """What the process says until its last word, its end, or the end of its time, and whether that was it."""
        messages: list[Message] = []
        size, rest = 0, b""
        while size < REPORT and not is_complete(messages):
            ready, _, _ = select.select([self.report], [], [], max(0, until - time.perf_counter()))
            part = os.read(self.report, 1 << 16) if ready else b""
            if not part:
                return messages, not ready
            *lines, rest = (rest + part).split(b"\n")
            messages += verify_messages(lines, self.key)
            size += len(part)
        return messages, False

    def clear(self) -> str:
        """End the process, once: its number may be another's afterwards. How it had ended by itself."""
        child, self.child = self.child, 0
        return kill_process_tree(child) if child else ""

    def clean_up(self) -> None:
        """Clear all of it away."""
        self.clear()
        self.printed.close()
        self.orders.close()
        os.close(self.report)
        shutil.rmtree(self.scratch)


def close_other_fds(*descriptors: int) -> None:
    """Leave no other file or socket of the judge in the fork's hands."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3, 256):
        if descriptor not in (*descriptors, nowhere):
            with contextlib.suppress(OSError):
                os.fstat(descriptor)
                os.dup2(nowhere, descriptor)  # closed, its number could come back as something else


def spawn_interpreter(ends: tuple[int, int, int]) -> int:
    """Another interpreter in place of a fork; like the worker it finds the kit in the folder that it starts in."""
    for end in ends:
        os.set_inheritable(end, True)  # noqa: FBT003 - it takes no keyword
    command = [sys.executable, "-s", "-m", "interview_prep.judge.alone", *map(str, ends)]
    return os.posix_spawn(sys.executable, command, os.environ)


def child_main(begun: pytest.Session, order: int, report: int, printed: int) -> None:
    """The process of its own: wait for the one request, rehearsing meanwhile, examine, and never return."""
    try:
        close_other_fds(order, report, printed)
        integrity = limits.TamperDetector()
        orders = Connection(order, writable=False)
        send = make_signed_sender(report, orders.recv_bytes())
        os.setsid()
        for descriptor in (1, 2):
            os.dup2(printed, descriptor)
        sys.stdout = sys.stderr = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115 - to the end
        send({"waits": True})
        request = Request(**json.loads(orders.recv_bytes()))
        if request.rehearsal:
            rehearse(begun, request, orders.poll)
        collect_checks(begun, request)
        guard = install_guards(begun, request, integrity, send)
        if request.rehearsal:
            request = Request(**json.loads(orders.recv_bytes()))
        run_checks(begun, request, guard, integrity, send)
    except EOFError:  # nothing is asked any more
        pass
    except AnswerRejected as refused:
        send({"reason": str(refused), "line": refused.line})
    except BaseException as error:  # noqa: BLE001 - whatever it is, this process ends here
        traceback.print_exc()
        broken = integrity.find_tampering()  # by the answer, or else the fault is ours
        fault = f"The judge has failed: {type(error).__name__}: {' '.join(str(error).split())}."
        send({"reason": broken, "line": 0} if broken else {"fault": fault})
    finally:
        os._exit(0)


def make_signed_sender(descriptor: int, key: bytes) -> Send:
    """How a fork sends lines that its answer can neither write nor change: by functions in C, which are held here."""
    pack, sign, write, leave = marshal.dumps, hashlib.blake2b, os.write, os._exit

    def send(message: Message) -> None:
        content = pack(message)
        line = (sign(content, key=key, digest_size=SIGNATURE).digest() + content).hex().encode() + b"\n"
        try:
            write(descriptor, line)
        except OSError:
            leave(UNHEARD)

    return send


def verify_messages(lines: list[bytes], key: bytes) -> Iterator[Message]:
    """The messages that are really the judge's own."""
    for line in lines:
        try:
            whole = bytes.fromhex(line.decode())
        except ValueError:
            continue
        signature, content = whole[:SIGNATURE], whole[SIGNATURE:]
        if hmac.compare_digest(signature, hashlib.blake2b(content, key=key, digest_size=SIGNATURE).digest()):
            yield marshal.loads(content)  # noqa: S302 - nobody else can have written it


def is_complete(messages: list[Message]) -> bool:
    """Whether the last word has been said."""
    return bool(messages) and not {"ended", "reason", "fault"}.isdisjoint(messages[-1])


def was_killed(child: int) -> bool:
    """Whether a process whose line is closed was ended by SIGKILL, which nobody here has sent."""
    until = time.monotonic() + KILLED
    while time.monotonic() < until:
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended:
            return ended.si_code == os.CLD_KILLED and ended.si_status == signal.SIGKILL
        time.sleep(0.001)
    return False  # it lives, and has closed its line


def kill_process_tree(child: int) -> str:
    """End the fork and all that it has started; how it had ended by itself."""
    how = ""
    while True:
        if not how:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        for pid in list_children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            pid, status = os.wait()
        except ChildProcessError:
            return how
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            how = f"It is ended by {signal.Signals(-code).name}" if code < 0 else "It ends the process"
            if code in (-signal.SIGKILL, UNHEARD):  # at whose end we have killed it, or it has seen so itself
                how = "It closes its line to the judge"


def list_children() -> Iterator[int]:
    for path in Path("/proc/self/task").glob("*/children"):
        yield from map(int, path.read_text().split())


def build_verdict(name: str, messages: list[Message], how: str) -> Verdict:
    """A pass needs the last message, and in it that nothing was amiss, and every check's own."""
    checks = tuple(CheckResult(**message["check"]) for message in messages if "check" in message)
    names: list[str] = next((message["collected"] for message in messages if "collected" in message), [])
    refused = next((message for message in messages if "reason" in message), None)
    end = next((message for message in messages if "ended" in message), None)
    if refused:
        return Verdict(name, passed=False, reason=refused["reason"], line=refused["line"])
    if end is None:
        where = f" in {names[min(len(checks), len(names) - 1)]}" if names else " while it is imported"
        return Verdict(name, passed=False, checks=checks, reason=f"{how}{where}.")
    if end["refused"]:
        return Verdict(name, passed=False, checks=checks, reason=end["refused"], line=end["line"])
    complete = 0 < end["ended"] == len(checks)
    reason = "" if complete else "Not every check has reported."
    return Verdict(name, passed=complete and all(check.passed for check in checks), checks=checks, reason=reason)
