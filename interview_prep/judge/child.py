"""What happens in the forked process of one answer, in order: collect, warm up, guard, wait for the answer, run, exit.

The exit code says nothing: a verdict comes from messages alone. Left out: the limit of time, which attempt.py keeps.
"""

import contextlib
import json
import os
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest

from interview_prep.judge.import_answer import AnswerRejected
from interview_prep.judge.messages import Send, make_sender
from interview_prep.judge.request import DrillSpec
from interview_prep.judge.run_checks import collect_checks, install_guards, is_edge, run_checks
from interview_prep.judge.tampering import TamperDetector
from interview_prep.judge.warm_up import warm_up

MAX_DESCRIPTORS = 256  # the judge never has more open


class Ends(NamedTuple):
    """File descriptors of the forked process."""

    requests: int  # a drill's DrillSpec and then the path of the answer come here
    report: int  # messages go here
    printed: int  # becomes standard output and standard error


def child_main(session: pytest.Session, scratch: Path, ends: Ends, secret: bytes) -> NoReturn:
    """Judge one answer and exit. Where the judge server is gone, exit without a word."""
    try:
        close_other_fds(*ends)
        os.setsid()
        redirect_output(ends.printed)
        judge_one_answer(session, scratch, Connection(ends.requests, writable=False), make_sender(ends.report, secret))
    except BaseException:  # noqa: BLE001 - nothing of the server may go on in this process
        traceback.print_exc()
    finally:
        os._exit(0)


def judge_one_answer(session: pytest.Session, scratch: Path, requests: Connection, send: Send) -> None:
    """Receive a DrillSpec and then an answer's path; send what comes of them, up to a final message."""
    detector = TamperDetector()
    try:
        drill = DrillSpec(**json.loads(requests.recv_bytes()))
        collect_checks(session, drill, scratch)
        warm_up()
        guard = install_guards(session, drill, scratch, detector, send)
        send({"collected": [(item.name, is_edge(item)) for item in session.items]})  # before there is an answer
        guard.answer = json.loads(requests.recv_bytes())
        run_checks(session, drill, guard, detector, send)
    except EOFError:  # nobody will ask any more
        pass
    except AnswerRejected as rejected:
        send({"reason": str(rejected), "line": rejected.line})
    except BaseException as error:  # noqa: BLE001 - a fault of the judge, if the answer hasn't caused it
        traceback.print_exc()
        tampering = detector.find_tampering()
        fault = f"The judge failed: {type(error).__name__}: {' '.join(str(error).split())}."
        send({"reason": tampering, "line": 0} if tampering else {"fault": fault})


def close_other_fds(*descriptors: int) -> None:
    """Turn all of the judge's other files and sockets into /dev/null."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3, MAX_DESCRIPTORS):
        if descriptor not in (*descriptors, null):
            with contextlib.suppress(OSError):
                os.fstat(descriptor)
                os.dup2(null, descriptor)  # closed, its number could be given to another file


def redirect_output(descriptor: int) -> None:
    """Send what the answer prints, from Python or C, to a file."""
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    sys.stdout = sys.stderr = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115 - stays open
