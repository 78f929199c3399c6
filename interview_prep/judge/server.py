"""The warm process: a pytest session that has begun and never collects. Each verdict is a fork of it, which does.

A fork has neither torch to import nor pytest to start, and while it waits for its answer it rehearses with a known
mistake and imports the checks. This process itself never runs an answer, never touches CUDA and has one thread. Where
there is no fork, each verdict has an interpreter of its own instead, started in advance.
"""

import contextlib
import ctypes
import json
import shutil
import sys
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from interview_prep.catalog.drill import list_mistakes
from interview_prep.catalog.sources import summarize_mistake
from interview_prep.judge import session
from interview_prep.judge.attempt import Attempt, Fault
from interview_prep.judge.forbids import find_owner
from interview_prep.judge.limits import SECONDS
from interview_prep.judge.run_checks import Request
from interview_prep.judge.verdict import Verdict

ROOM = 1 << 20  # bytes that must be left on the disk for what an answer prints
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: orphans of a fork become this process's children, which it can end


class JudgeServer:
    """Answers requests in JSON until the other end of the line is closed."""

    def __init__(self, line: Connection, folder: Path) -> None:
        self.line, self.folder = line, folder
        self.session: pytest.Session | None = None
        self.next_attempt: Attempt | None = None
        self.last_attempt: Attempt | None = None
        self.current_drill: dict[str, Any] | None = None  # the drill that the next answer will be for
        self.signatures: dict[str, dict[Path, frozenset[tuple[str, str]]]] = {}
        self.sound: set[str] = set()  # drills whose own solution has passed here

    def serve(self, begun: pytest.Session | None = None) -> None:
        self.session = begun
        self.renew_attempt()
        with contextlib.suppress(EOFError):
            while True:
                asked = json.loads(self.line.recv_bytes())
                if "answer" in asked:
                    self.send_reply(self.judge_or_explain(asked))
                elif "folder" in asked:
                    self.current_drill = asked
                else:
                    self.send_reply({})
                self.do_idle_work()
        if self.next_attempt:
            self.next_attempt.clean_up()

    def do_idle_work(self) -> None:
        """What can be done before the next request."""
        if self.current_drill:
            self.record_signatures(self.current_drill, idly=True)
        spare = self.renew_attempt()
        if self.current_drill and not spare.rehearses and (mistake := self.find_harmless_mistake(self.current_drill)):
            spare.rehearse(make_request(self.current_drill, str(mistake), rehearsal=True))

    def renew_attempt(self) -> Attempt:
        """Clear the last attempt away, and have another process wait for the next."""
        if self.last_attempt:
            self.last_attempt.clean_up()
            self.last_attempt = None
        self.next_attempt = self.next_attempt or Attempt(self.session, self.folder)
        return self.next_attempt

    def send_reply(self, content: dict[str, Any]) -> None:
        self.line.send_bytes(json.dumps(content).encode())

    def judge_or_explain(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The verdict, or the fault of the judge or of the machine because of which there is none."""
        try:
            return self.judge(asked).as_dict()
        except Fault as fault:
            return {"fault": str(fault)}
        except OSError as error:  # no process, file or folder can be made
            return {"fault": f"The judge cannot go on: {error}."}

    def judge(self, asked: dict[str, Any]) -> Verdict:
        verdict = self.run_attempt(asked, asked["answer"], asked["seconds"])
        if verdict.passed or not asked["compare_with_known"]:
            return verdict
        if verdict.failed_to_write and shutil.disk_usage(self.folder).free < ROOM:
            raise Fault(f"The answer cannot print: the disk of {self.folder.parent} is full.")
        self.check_solution(asked, again=bool(verdict.reason))
        if not verdict.failure_signature:
            return verdict
        if self.session:  # without fork it takes a minute, and is done idly
            self.record_signatures(asked)
        known = self.signatures.get(asked["folder"], {}).items()
        return replace(
            verdict,
            known_mistake=next(
                (summarize_mistake(path) for path, pattern in known if pattern == verdict.failure_signature), ""
            ),
        )

    def check_solution(self, asked: dict[str, Any], *, again: bool) -> None:
        """Raise Fault unless the drill's own solution passes here: only then a verdict is about the answer.

        It is judged once, and `again` where the answer had no report of every check: the machine may have changed.
        """
        solution = Path(asked["folder"], "solution.py")
        if asked["answer"] == str(solution) or (asked["folder"] in self.sound and not again):
            return
        verdict = self.run_attempt(asked, str(solution), asked["seconds"])
        if not verdict.passed:
            why = verdict.reason or f"{verdict.failed[0].name} fails."
            raise Fault(f"The drill's own solution does not pass on this machine now: {why}")
        self.sound.add(asked["folder"])

    def record_signatures(self, asked: dict[str, Any], *, idly: bool = False) -> None:
        """How each known mistake of a drill fails; `idly` no further when somebody waits for a verdict."""
        known = self.signatures.setdefault(asked["folder"], {})
        for path in list_mistakes(Path(asked["folder"])):
            if idly and self.line.poll():
                return
            if path not in known:
                known[path] = self.run_attempt(asked, str(path)).failure_signature

    def find_harmless_mistake(self, asked: dict[str, Any]) -> Path | None:
        """A known mistake that checks alone find: another could take the process with it that rehearses on it."""
        known = self.signatures.get(asked["folder"], {}).items()
        return next((path for path, pattern in known if all(name for name, _ in pattern)), None)

    def run_attempt(self, asked: dict[str, Any], answer: str, seconds: float = SECONDS) -> Verdict:
        for name in asked["forbids"]:
            with contextlib.suppress(ImportError, AttributeError):  # which the fork reports
                find_owner(name)  # imported here, it is there in every later fork
        if self.next_attempt and self.next_attempt.rehearses not in ("", asked["folder"]):
            self.last_attempt, self.next_attempt = self.next_attempt, None
        spare, self.next_attempt = self.renew_attempt(), None
        self.last_attempt = spare
        return spare.judge_answer(make_request(asked, answer), seconds)


def make_request(asked: dict[str, Any], answer: str, *, rehearsal: bool = False) -> Request:
    return Request(asked["folder"], answer, asked["forbids"], asked["allows"], asked["wants"], rehearsal)


if __name__ == "__main__":
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    way, line, folder = sys.argv[1:]
    service = JudgeServer(Connection(int(line)), Path(folder))
    if way == "spawn":
        service.serve()
    else:
        session.begin_session(service.serve)
