"""One verdict: a process forked in advance is spent on one answer, watched, and cleared away with all that it started.

What happens inside it stands in examine.py.
"""

import contextlib
import hashlib
import hmac
import json
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
from pathlib import Path
from typing import Any

import pytest

from interview_prep.judge import limits
from interview_prep.judge.examine import Request, Send, examine
from interview_prep.judge.verdict import Check, Verdict

REPORT = 4 << 20  # bytes; no honest answer's checks have so much to say
TAIL = 2000  # bytes of what an answer prints that are worth showing
Message = dict[str, Any]


class Attempt:
    """A process that waits for its one answer; `judge` spends it. To make one costs more than to spend it."""

    def __init__(self, session: pytest.Session, folder: Path) -> None:
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self.printed = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by end()
        self.key = secrets.token_bytes(16)
        order, self.order = os.pipe()
        self.report, report = os.pipe()
        self.child = os.fork()
        if self.child == 0:
            keep_only(order, report, self.printed.fileno())
            spend(session, order, signing(report, self.key), self.printed.fileno())
        os.close(order)
        os.close(report)

    def judge(self, request: Request, seconds: float) -> Verdict:
        """What an answer is worth, in at most about `seconds`."""
        begin = time.perf_counter()
        os.write(self.order, json.dumps({**asdict(request), "scratch": str(self.scratch)}).encode() + b"\n")
        messages, late = self.watch(begin + seconds)
        how = "" if final(messages) else f"It takes more than {seconds:g} s" if late else self.clear()
        self.printed.seek(max(0, self.printed.seek(0, os.SEEK_END) - TAIL))
        printed = self.printed.read().decode(errors="replace")
        verdict = conclude(Path(request.folder).name, messages, how)
        return replace(verdict, printed=printed, seconds=time.perf_counter() - begin)

    def watch(self, until: float) -> tuple[list[Message], bool]:
        """What the fork says until its last word, its end, or the end of its time, and whether that was it."""
        data = b""
        while len(data) < REPORT:
            ready, _, _ = select.select([self.report], [], [], max(0, until - time.perf_counter()))
            part = os.read(self.report, 1 << 16) if ready else b""
            data += part
            messages = list(signed(data, self.key)) if not part or part.endswith(b"\n") else []
            if not part or final(messages):
                return messages, not ready
        return list(signed(data, self.key)), False

    def clear(self) -> str:
        """End the process, once: its number may be another's afterwards. How it had ended by itself."""
        child, self.child = self.child, 0
        return clear(child) if child else ""

    def end(self) -> None:
        """Clear all of it away."""
        self.clear()
        self.printed.close()
        os.close(self.order)
        os.close(self.report)
        shutil.rmtree(self.scratch)


def keep_only(*descriptors: int) -> None:
    """Leave no other file or socket of the judge in the fork's hands."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3, 256):
        if descriptor not in (*descriptors, nowhere):
            with contextlib.suppress(OSError):
                os.fstat(descriptor)
                os.dup2(nowhere, descriptor)  # closed, its number could come back as something else


def spend(session: pytest.Session, order: int, send: Send, printed: int) -> None:
    """The fork: wait for the one request, examine in a session of its own, never return."""
    integrity = limits.Integrity()
    try:
        os.setsid()
        for descriptor in (1, 2):
            os.dup2(printed, descriptor)
        sys.stdout = sys.stderr = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115 - to the end
        with open(order, encoding="utf-8") as stream:
            line = stream.readline()
        if line:
            examine(session, Request(**json.loads(line)), integrity, send)
    except BaseException as error:  # noqa: BLE001 - whatever it is, this process ends here
        traceback.print_exc()
        send({"reason": integrity.broken() or f"The judge has failed: {type(error).__name__}.", "line": 0})
    finally:
        os._exit(0)


def signing(descriptor: int, key: bytes) -> Send:
    """How a fork sends lines that the answer in it cannot write."""

    def send(message: Message) -> None:
        text = json.dumps(message).encode()
        os.write(descriptor, hmac.new(key, text, hashlib.sha256).hexdigest().encode() + b" " + text + b"\n")

    return send


def signed(data: bytes, key: bytes) -> Iterator[Message]:
    """The messages that are really the judge's own."""
    for line in data.split(b"\n"):
        mark, _, text = line.partition(b" ")
        if hmac.compare_digest(mark, hmac.new(key, text, hashlib.sha256).hexdigest().encode()):
            yield json.loads(text)


def final(messages: list[Message]) -> bool:
    """Whether the last word has been said."""
    return bool(messages) and not {"ended", "reason"}.isdisjoint(messages[-1])


def clear(child: int) -> str:
    """End the fork and all that it has started; how it had ended by itself."""
    how = ""
    while True:
        if not how:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        for pid in children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            pid, status = os.wait()
        except ChildProcessError:
            return how
        if pid == child:
            by = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else ""
            how = f"It is ended by {by}" if by else "It ends the process"
            how = "It closes its line to the judge" if by == "SIGKILL" else how  # at which end we have killed it


def children() -> Iterator[int]:
    for path in Path("/proc/self/task").glob("*/children"):
        yield from map(int, path.read_text().split())


def conclude(name: str, messages: list[Message], how: str) -> Verdict:
    """A pass needs the last message, and in it that nothing was amiss, and every check's own."""
    checks = tuple(Check(**message["check"]) for message in messages if "check" in message)
    begun = [message["begins"] for message in messages if "begins" in message]
    refused = next((message for message in messages if "reason" in message), None)
    end = next((message for message in messages if "ended" in message), None)
    if refused:
        return Verdict(name, passed=False, reason=refused["reason"], line=refused["line"])
    if end is None:
        where = f" in {begun[-1]}" if begun else " while it is imported"
        return Verdict(name, passed=False, checks=checks, reason=f"{how}{where}.")
    if end["refused"]:
        return Verdict(name, passed=False, checks=checks, reason=end["refused"], line=end["line"])
    complete = 0 < end["ended"] == len(checks)
    reason = "" if complete else "Not every check has reported."
    return Verdict(name, passed=complete and all(check.passed for check in checks), checks=checks, reason=reason)
