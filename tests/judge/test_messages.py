"""The lines in which a fork reports, and what verdict follows from which messages."""

import os
import socket

import pytest

from interview_prep.judge.messages import Message, build_verdict, has_ended, make_sender, read_own_messages
from tests.support.forked import run_in_fork

SECRET = b"0123456789abcdef"
COLLECTED: Message = {"collected": [("test_one", False), ("test_two", False), ("test_edge", True)]}
IMPORTED: Message = {"imported": True}
CORE: Message = {"tier": "core", "refused": "", "line": 0}
EDGES: Message = {"tier": "edges", "refused": "", "line": 0}
FINAL: Message = {"ended": ""}


def check_message(name: str, *, passed: bool = True) -> Message:
    return {"check": {"name": name, "description": "Says something.", "passed": passed}}


ONE, TWO, EDGE = (check_message(name) for name in ("test_one", "test_two", "test_edge"))
COMPLETE = [COLLECTED, IMPORTED, ONE, TWO, CORE, EDGE, EDGES, FINAL]


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
    ("message", "final"), [(FINAL, True), ({"reason": "", "line": 0}, True), ({"fault": ""}, True), (CORE, False)]
)
def test_final_messages(message: Message, *, final: bool) -> None:
    """The end, a rejection and a fault are final; nothing at all is not."""
    assert has_ended([COLLECTED, message]) == final
    assert not has_ended([])


def test_answer_is_complete_with_every_check_and_all_messages() -> None:
    """The one way: every check has reported a pass, and each tier its end."""
    verdict = build_verdict("double", COMPLETE, "")
    assert (verdict.passed, verdict.complete, verdict.reason) == (True, True, "")
    assert [(check.name, check.edge) for check in verdict.checks] == COLLECTED["collected"]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (COMPLETE[:5], "It ended the process in test_edge."),
        (COMPLETE[:6], "It ended the process in test_edge."),
        ([*COMPLETE[:5], {"ended": "It raises KeyboardInterrupt"}], "It raises KeyboardInterrupt in test_edge."),
        ([*COMPLETE[:5], FINAL], "Not every check has reported."),
        ([*COMPLETE[:5], check_message("test_edge", passed=False), EDGES, FINAL], ""),
    ],
)
def test_core_alone_is_a_pass(messages: list[Message], reason: str) -> None:
    """Whatever happens in an edge, short of what is refused: the answer passes, and isn't complete."""
    verdict = build_verdict("double", messages, "It ended the process")
    assert (verdict.passed, verdict.complete, verdict.reason) == (True, False, reason)


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([], "It ended the process while it is imported."),
        (COMPLETE[:1], "It ended the process while it is imported."),
        (COMPLETE[:2], "It ended the process in test_one."),
        (COMPLETE[:3], "It ended the process in test_two."),
        (COMPLETE[:4], "It ended the process in test_two."),
        ([*COMPLETE[:3], {"ended": "It raises Exit"}], "It raises Exit in test_two."),
        ([*COMPLETE[:3], EDGE, CORE, TWO, EDGES, FINAL], "Not every check has reported."),
        ([*COMPLETE[:3], CORE, TWO, EDGE, EDGES, FINAL], "Not every check has reported."),
        ([COLLECTED, IMPORTED, TWO, ONE, CORE, EDGE, EDGES, FINAL], "Not every check has reported."),
        ([COLLECTED, IMPORTED, ONE, ONE, CORE, EDGE, EDGES, FINAL], "Not every check has reported."),
        ([COLLECTED, IMPORTED, ONE, TWO, CORE, ONE, EDGES, FINAL], "Not every check has reported."),
        ([COLLECTED, IMPORTED, FINAL], "Not every check has reported."),
        ([*COMPLETE[:4], EDGE, EDGES, FINAL], "Not every check has reported."),
        ([*COMPLETE[:6], {"refused": "It uses torch.mul.", "line": 3}], "It uses torch.mul."),
        ([*COMPLETE[:4], {**CORE, "refused": "It replaces json.dumps.", "line": 7}], "It replaces json.dumps."),
        ([*COMPLETE[:6], {**EDGES, "refused": "It replaces json.dumps.", "line": 7}, FINAL], "It replaces json.dumps."),
        ([*COMPLETE[:2], check_message("test_one", passed=False), *COMPLETE[3:]], ""),
        ([{"reason": "The file is empty.", "line": 0}], "The file is empty."),
        (
            [{"collected": [("test_edge", True)]}, IMPORTED, CORE, EDGE, EDGES, FINAL],
            "The drill has no core checks: nothing can pass.",
        ),
    ],
)
def test_anything_less_is_a_failure(messages: list[Message], reason: str) -> None:
    """A missing report, one in the wrong tier, a rejection, tampering and a failed check, each with its reason."""
    verdict = build_verdict("double", messages, "It ended the process")
    assert (verdict.passed, verdict.complete, verdict.reason) == (False, False, reason)


def test_report_socket_cannot_be_opened_again() -> None:
    """The end that the answer's process holds isn't readable through /proc, as a pipe's would be."""
    reader, writer = socket.socketpair()
    with reader, writer, pytest.raises(OSError, match="No such device"):
        os.open(f"/proc/self/fd/{writer.fileno()}", os.O_RDONLY)
