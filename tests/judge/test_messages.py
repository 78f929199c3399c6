"""The lines in which a fork reports, and what verdict follows from which messages."""

import os
import socket
from typing import Any

import pytest

from interview_prep.judge.messages import Message, build_verdict, is_complete, make_sender, read_own_messages
from tests.support.forked import run_in_fork

SECRET = b"0123456789abcdef"
NAMES: Message = {"collected": ["test_one", "test_two"]}
FINAL: Message = {"ended": 2, "refused": "", "line": 0}


def check_message(name: str, *, passed: bool = True) -> Message:
    return {"check": {"name": name, "description": "Says something.", "passed": passed}}


PASSED = [NAMES, check_message("test_one"), check_message("test_two"), FINAL]


def send_lines(*messages: Message) -> list[bytes]:
    """The lines that a sender writes."""
    reader, writer = socket.socketpair()
    with reader, writer:
        send = make_sender(writer.fileno(), SECRET)
        for message in messages:
            send(message)
        return reader.recv(1 << 16).splitlines()


def test_messages_arrive_as_they_were_sent() -> None:
    """Texts with line breaks and characters that UTF-8 can't hold included."""
    messages = [{"fault": "one\ntwo \udcff"}, FINAL]
    assert list(read_own_messages(send_lines(*messages), SECRET)) == messages


def test_lines_without_the_secret_are_ignored() -> None:
    """What an answer writes there counts for nothing, nor does a line of the judge that something was written into."""
    (line,) = send_lines(FINAL)
    forged = [line[len(SECRET) :], b"x" + line, SECRET.upper() + line[len(SECRET) :], b"", b"\xff", line[:-3]]
    assert list(read_own_messages([*forged, line], SECRET)) == [FINAL]


def test_sender_keeps_its_own_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that replaces what writes the lines changes nothing: the C functions are captured before it runs."""
    reader, writer = socket.socketpair()
    reader.settimeout(10)
    with reader, writer:
        send = make_sender(writer.fileno(), SECRET)
        monkeypatch.setattr("marshal.dumps", lambda _: b"forged")
        monkeypatch.setattr("os.write", lambda *_: 0)
        send(FINAL)
        assert list(read_own_messages(reader.recv(1 << 16).splitlines(), SECRET)) == [FINAL]


def test_sender_ends_the_process_when_nobody_reads() -> None:
    """A fork whose judge is gone doesn't go on."""

    def send_to_nobody() -> str:
        reader, writer = socket.socketpair()
        reader.close()
        make_sender(writer.fileno(), SECRET)(FINAL)
        return "went on"

    assert run_in_fork(send_to_nobody) is None


@pytest.mark.parametrize(
    ("message", "complete"), [(FINAL, True), ({"reason": "", "line": 0}, True), ({"fault": ""}, True), (NAMES, False)]
)
def test_final_messages(message: Message, *, complete: bool) -> None:
    """The end, a rejection and a fault are final; nothing at all is not."""
    assert is_complete([NAMES, message]) == complete
    assert not is_complete([])


def test_answer_passes_with_every_check_and_the_final_message() -> None:
    """The one way to pass."""
    verdict = build_verdict("double", PASSED, "")
    assert (verdict.passed, verdict.reason, [check.name for check in verdict.checks]) == (
        True,
        "",
        ["test_one", "test_two"],
    )


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([], "It ends the process while it is imported."),
        (PASSED[:1], "It ends the process in test_one."),
        (PASSED[:2], "It ends the process in test_two."),
        (PASSED[:3], "It ends the process in test_two."),
        ([NAMES, PASSED[1], FINAL], "Not every check has reported."),
        ([NAMES, {**FINAL, "ended": 0}], "Not every check has reported."),
        ([*PASSED[:3], {**FINAL, "refused": "It replaces json.dumps.", "line": 7}], "It replaces json.dumps."),
        ([{"reason": "The file is empty.", "line": 0}], "The file is empty."),
        ([*PASSED, {"reason": "It raises KeyboardInterrupt.", "line": 0}], "It raises KeyboardInterrupt."),
        ([NAMES, PASSED[1], check_message("test_two", passed=False), FINAL], ""),
    ],
)
def test_anything_less_is_a_failure(messages: list[dict[str, Any]], reason: str) -> None:
    """A missing report, a rejection, tampering and a failed check, each with its reason."""
    verdict = build_verdict("double", messages, "It ends the process")
    assert (verdict.passed, verdict.reason) == (False, reason)


def test_report_socket_cannot_be_opened_again() -> None:
    """The end that the answer's process holds isn't readable through /proc, as a pipe's would be."""
    reader, writer = socket.socketpair()
    with reader, writer, pytest.raises(OSError, match="No such device"):
        os.open(f"/proc/self/fd/{writer.fileno()}", os.O_RDONLY)
