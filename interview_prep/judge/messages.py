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


def has_ended(messages: list[Message]) -> bool:
    """Whether the last message is a final one."""
    return bool(messages) and not {"ended", "reason", "fault"}.isdisjoint(messages[-1])


def build_verdict(drill: str, messages: list[Message], ending: str) -> Verdict:
    """Pass only if all core checks reported a pass before the core's end did, and no message refuses anything.

    Which checks there are, and which of them are edges, is what the judge collected before there was an answer.
    `ending` says how the process ended where no final message came.
    """
    rejected = next((message for message in messages if "reason" in message), None)
    if rejected:
        return Verdict(drill, passed=False, reason=rejected["reason"], line=rejected["line"])
    collected: list[tuple[str, bool]] = next((each["collected"] for each in messages if "collected" in each), [])
    reports = [message["check"] for message in messages if "check" in message]
    checks = tuple(
        CheckResult(**{**report, "edge": edge}) for report, (_, edge) in zip(reports, collected, strict=False)
    )
    refused = next((message for message in messages if message.get("refused")), None)
    if refused:
        return Verdict(drill, passed=False, checks=checks, reason=refused["refused"], line=refused["line"])
    core_count = sum(not edge for _, edge in collected)
    core_ended = 0 < core_count == count_reports_of_core(messages)
    in_order = [report["name"] for report in reports] == [name for name, _ in collected[: len(reports)]]
    stop = next((message["ended"] for message in messages if "ended" in message), ending)
    passed = core_ended and in_order and all(check.passed for check in checks[:core_count])
    if stop:
        where = " while it is imported"
        if {"imported": True} in messages:
            where = f" in {collected[min(len(reports), (len(collected) if core_ended else core_count) - 1)][0]}"
        return Verdict(drill, passed=passed, checks=checks, reason=f"{stop}{where}.")
    if not core_ended or not in_order or len(reports) < len(collected):
        reason = "Not every check has reported." if core_count else "The drill has no core checks: nothing can pass."
        return Verdict(drill, passed=passed, checks=checks, reason=reason)
    return Verdict(drill, passed=passed, complete=all(check.passed for check in checks), checks=checks)


def count_reports_of_core(messages: list[Message]) -> int:
    """How many checks had reported when the core ended; -1 where it has not."""
    ends = [number for number, message in enumerate(messages) if message.get("tier") == "core"]
    return sum("check" in message for message in messages[: ends[0]]) if ends else -1
