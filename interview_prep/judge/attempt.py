"""Judge one answer in a pre-forked process, then kill it and everything it started.

Forking and collecting the checks costs more than running them, so both are done in advance. What happens inside the
process stands in child.py. Left out: processes that leave the process tree on a system without child subreapers.
"""

import contextlib
import json
import os
import secrets
import select
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from multiprocessing.connection import Pipe
from pathlib import Path

import pytest

from interview_prep.judge import child
from interview_prep.judge.messages import Message, build_verdict, has_ended, read_own_messages
from interview_prep.judge.request import DrillSpec
from interview_prep.judge.verdict import Verdict

REPORT_BYTES = 4 << 20  # more than the checks of any honest answer have to say
PRINTED_BYTES = 2000  # of the end of what an answer prints
COLLECT_SECONDS = 10  # in which the checks are collected, before the answer's own time begins
EXIT_SECONDS = 1.0  # in which a process whose report has ended is gone, if it was killed or has exited


class Fault(Exception):  # noqa: N818 - no traceback follows: it becomes a sentence
    """Why there is no verdict: the judge or the machine failed, not the answer. One sentence."""


class Attempt:
    """A forked process that waits for one answer. `preload_checks` is optional; `clean_up` always comes last."""

    def __init__(self, session: pytest.Session, folder: Path) -> None:
        """Fork the warm session. Files of the attempt are made in `folder`."""
        self.drill: DrillSpec | None = None  # whose checks are collected
        self.is_used = False
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self.printed = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by clean_up()
        self.secret = secrets.token_hex(16).encode()
        requests, self.requests = Pipe(duplex=False)
        self.report, report = socket.socketpair()  # unlike a pipe's, its end can't be opened for reading in /proc
        self.pid = os.fork()
        if self.pid == 0:
            ends = child.Ends(requests.fileno(), report.fileno(), self.printed.fileno())
            child.child_main(session, self.scratch, ends, self.secret)
        requests.close()
        report.close()

    def can_judge(self, drill: DrillSpec | None) -> bool:
        """Whether this process still waits, and has not collected the checks of another drill."""
        return not self.is_used and self.drill in (None, drill) and not peek_exit(self.pid)

    def preload_checks(self, drill: DrillSpec) -> None:
        """Have the checks of a drill collected while nobody waits."""
        self.drill = drill
        self.send_request(asdict(drill))

    def judge_answer(self, drill: DrillSpec, answer: str, seconds: float) -> Verdict:
        """The verdict on an answer, in at most about `seconds`; raises Fault where there is none."""
        if not self.drill:
            self.preload_checks(drill)
        self.is_used = True
        select.select([self.report], [], [], COLLECT_SECONDS)  # for the first message, which says that it is ready
        begin = time.perf_counter()
        self.send_request(answer)
        messages, timed_out = self.read_messages(begin + seconds)
        ending = "" if has_ended(messages) else self.explain_ending(messages, seconds, timed_out=timed_out)
        printed = self.read_printed()
        fault = next((message["fault"] for message in messages if "fault" in message), "")
        if fault:
            raise Fault(fault)
        verdict = build_verdict(Path(drill.folder).name, messages, ending)
        return replace(verdict, printed=printed, seconds=time.perf_counter() - begin)

    def send_request(self, content: object) -> None:
        with contextlib.suppress(BrokenPipeError):  # it has ended; its last message says why
            self.requests.send_bytes(json.dumps(content).encode())

    def read_messages(self, deadline: float) -> tuple[list[Message], bool]:
        """The messages until the final one, the end of the process or the deadline; whether it was the deadline."""
        messages: list[Message] = []
        size, rest = 0, b""
        while size < REPORT_BYTES and not has_ended(messages):
            ready, _, _ = select.select([self.report], [], [], max(0, deadline - time.perf_counter()))
            part = self.report.recv(1 << 16) if ready else b""
            if not part:
                return messages, not ready
            *lines, rest = (rest + part).split(b"\n")
            messages += read_own_messages(lines, self.secret)
            size += len(part)
        return messages, False

    def explain_ending(self, messages: list[Message], seconds: float, *, timed_out: bool) -> str:
        """How the process ended without a final message; raises Fault where the system killed it before an edge."""
        if timed_out:
            return f"It takes more than {seconds:g} s"
        if was_killed(self.pid):
            if any(message.get("tier") == "core" for message in messages):
                return "The system killed it, probably because memory ran out,"
            raise Fault("The system killed the process that ran the answer, probably because memory ran out.")
        return self.kill()

    def read_printed(self) -> str:
        """The end of what the answer printed."""
        self.printed.seek(max(0, self.printed.seek(0, os.SEEK_END) - PRINTED_BYTES))
        return self.printed.read().decode(errors="replace")

    def kill(self) -> str:
        """Kill the process once, because its number may be another's afterwards. Returns how it had ended by itself."""
        pid, self.pid = self.pid, 0
        return kill_process_tree(pid) if pid else ""

    def clean_up(self) -> None:
        """Kill the process and remove its files."""
        self.kill()
        self.printed.close()
        self.requests.close()
        self.report.close()
        shutil.rmtree(self.scratch)


def peek_exit(pid: int) -> os.waitid_result | None:
    """How a child has ended, or None while it runs. It stays a zombie until kill_process_tree."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)


def was_killed(pid: int) -> bool:
    """Whether a process that has closed its report was ended by SIGKILL, which nobody here has sent."""
    deadline = time.monotonic() + EXIT_SECONDS
    while time.monotonic() < deadline:
        status = peek_exit(pid)
        if status:
            return status.si_code == os.CLD_KILLED and status.si_status == signal.SIGKILL
        time.sleep(0.001)
    return False  # it lives, and has closed its report


def kill_process_tree(child_pid: int) -> str:
    """Kill a child and everything it started. Returns how it had ended by itself, for a verdict."""
    ending = ""
    while True:
        if not ending:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child_pid, signal.SIGKILL)
        for pid in list_children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            pid, status = os.wait()
        except ChildProcessError:
            return ending
        if pid == child_pid:
            ending = describe_exit(os.waitstatus_to_exitcode(status))


def describe_exit(code: int) -> str:
    """An exit code as the beginning of a sentence about the answer."""
    if code == -signal.SIGKILL:  # sent by kill_process_tree: the process was alive, but its report had ended
        return "It closed its connection to the judge"
    return f"It was killed by {signal.Signals(-code).name}" if code < 0 else "It ended the process"


def list_children() -> Iterator[int]:
    """The children of this process. Orphans of a child become its own (server.py asks for that)."""
    for path in Path("/proc/self/task").glob("*/children"):
        yield from map(int, path.read_text().split())
