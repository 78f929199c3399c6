"""How the forked process reports, one message a line, and the verdict that follows from the messages.

The answer shares that process, so each of the judge's lines begins with a secret: random bytes for one attempt, held
by a closure, on a socket that the answer can write to but not read from. The C functions that build and write a line
are captured before the answer runs. Left out: an answer that searches its process's memory for the secret.
"""

import contextlib
import marshal
import os
from collections.abc import Callable, Iterator
from typing import Any

from interview_prep.judge.verdict import CheckResult, Verdict

Message = dict[str, Any]
Send = Callable[[Message], None]


def make_sender(descriptor: int, secret: bytes) -> Send:
    """The function that sends the judge's messages. Where nobody reads them any more it ends the process."""
    pack, write, leave = marshal.dumps, os.write, os._exit

    def send(message: Message) -> None:
        try:
            write(descriptor, secret + pack(message).hex().encode() + b"\n")
        except OSError:
            leave(0)

    return send


def read_own_messages(lines: list[bytes], secret: bytes) -> Iterator[Message]:
    """The messages among the lines that the judge itself wrote."""
    for line in lines:
        if line.startswith(secret):
            with contextlib.suppress(ValueError, EOFError, TypeError):  # a line that something was written into
                yield marshal.loads(bytes.fromhex(line[len(secret) :].decode()))  # noqa: S302 - only the judge writes these


def is_complete(messages: list[Message]) -> bool:
    """Whether the last message is a final one."""
    return bool(messages) and not {"ended", "reason", "fault"}.isdisjoint(messages[-1])


def build_verdict(drill: str, messages: list[Message], ending: str) -> Verdict:
    """Pass only if the final message came, reports no tampering, and every check passed.

    `ending` says how the process ended where no final message came.
    """
    checks = tuple(CheckResult(**message["check"]) for message in messages if "check" in message)
    names: list[str] = next((message["collected"] for message in messages if "collected" in message), [])
    rejected = next((message for message in messages if "reason" in message), None)
    final = next((message for message in messages if "ended" in message), None)
    if rejected:
        return Verdict(drill, passed=False, reason=rejected["reason"], line=rejected["line"])
    if final is None:
        where = f" in {names[min(len(checks), len(names) - 1)]}" if names else " while it is imported"
        return Verdict(drill, passed=False, checks=checks, reason=f"{ending}{where}.")
    if final["refused"]:
        return Verdict(drill, passed=False, checks=checks, reason=final["refused"], line=final["line"])
    all_reported = 0 < final["ended"] == len(checks)
    reason = "" if all_reported else "Not every check has reported."
    return Verdict(drill, passed=all_reported and all(check.passed for check in checks), checks=checks, reason=reason)
