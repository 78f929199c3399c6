"""The judge server: a warm process that forks a prepared pytest session for each answer.

A fork has neither torch to import nor pytest to start, and the checks are collected in it before the answer comes.
The server itself never runs an answer, never touches CUDA and has one thread. Left out: more than one answer at a time.
"""

import contextlib
import ctypes
import json
import shutil
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from interview_prep.catalog.mistakes import Mistake, load_mistakes
from interview_prep.judge.attempt import Attempt, Fault
from interview_prep.judge.limits import SECONDS
from interview_prep.judge.request import DrillSpec
from interview_prep.judge.session import begin_session
from interview_prep.judge.tripwires import find_owner
from interview_prep.judge.verdict import Verdict

FREE_BYTES = 1 << 20  # required on the disk for what an answer prints
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: orphans of a fork become the server's children, which it can kill
Signatures = dict[Mistake, frozenset[tuple[str, str, str]]]  # how each known mistake of a drill fails


class JudgeServer:
    """Answers requests in JSON until the connection's other end is closed, or no request comes for a while.

    A request is {"drill": ...} to get ready for its answers, that with "answer", "seconds" and "compare_with_known"
    for a verdict, or {} to be told when everything before it is done.
    """

    def __init__(self, connection: Connection, folder: Path, session: pytest.Session) -> None:
        self.connection, self.folder, self.session = connection, folder, session
        self.attempt: Attempt | None = None  # the last one, or the one that waits for the next answer
        self.current_drill: DrillSpec | None = None  # the drill that the next answer will be for
        self.signatures: dict[str, Signatures] = {}  # by the drill's folder
        self.solved_folders: set[str] = set()  # drills whose own solution was complete here

    def serve(self, idle_seconds: float) -> None:
        """Serve until nobody can ask any more, or nobody has asked for a while."""
        self.renew_attempt()
        with contextlib.suppress(EOFError):
            while self.connection.poll(idle_seconds):
                self.handle_request(json.loads(self.connection.recv_bytes()))
                self.do_idle_work()
        if self.attempt:
            self.attempt.clean_up()

    def handle_request(self, request: dict[str, Any]) -> None:
        drill = DrillSpec(**request["drill"]) if "drill" in request else None
        if drill and "answer" in request:
            self.send_reply(self.judge_or_explain(drill, request))
        elif drill:
            self.current_drill = drill
        else:
            self.send_reply({})

    def send_reply(self, content: dict[str, Any]) -> None:
        self.connection.send_bytes(json.dumps(content).encode())

    def do_idle_work(self) -> None:
        """Learn how the current drill's mistakes fail, and collect its checks for the next answer."""
        if self.current_drill:
            with contextlib.suppress(Fault):  # a verdict that needs the signatures will say so
                self.record_signatures(self.current_drill, only_while_idle=True)
        attempt = self.renew_attempt()
        if self.current_drill and not attempt.drill:
            attempt.preload_checks(self.current_drill)

    def renew_attempt(self, drill: DrillSpec | None = None) -> Attempt:
        """A process that waits for an answer, to `drill` if given. One that can't is cleaned up first."""
        if self.attempt and not self.attempt.can_judge(drill or self.current_drill):
            self.attempt.clean_up()
            self.attempt = None
        self.attempt = self.attempt or Attempt(self.session, self.folder)
        return self.attempt

    def judge_or_explain(self, drill: DrillSpec, request: dict[str, Any]) -> dict[str, Any]:
        """The verdict, or the fault of the judge or the machine because of which there is none."""
        try:
            verdict = self.judge_answer(drill, request["answer"], request["seconds"])
            if request["compare_with_known"] and not verdict.complete:
                verdict = self.compare_with_known(drill, verdict, request)
            return verdict.as_dict()
        except Fault as fault:
            return {"fault": str(fault)}
        except OSError as error:  # no process, file or folder can be made
            return {"fault": f"The judge can't continue: {error}."}

    def judge_answer(self, drill: DrillSpec, answer: str, seconds: float = SECONDS) -> Verdict:
        """The verdict of one attempt, compared with nothing; raises Fault."""
        for name in drill.forbids:
            with contextlib.suppress(ImportError, AttributeError):  # the fork reports these
                find_owner(name)  # imported in the server, it is there in every later fork
        return self.renew_attempt(drill).judge_answer(drill, answer, seconds)

    def compare_with_known(self, drill: DrillSpec, verdict: Verdict, request: dict[str, Any]) -> Verdict:
        """A failure with the name of the known mistake that fails alike; raises Fault if the machine is to blame."""
        if verdict.failed_to_write and shutil.disk_usage(self.folder).free < FREE_BYTES:
            raise Fault(f"The answer cannot print: the disk of {self.folder.parent} is full.")
        if request["answer"] != str(Path(drill.folder, "solution.py")):
            self.require_passing_solution(drill, request["seconds"], again=bool(verdict.reason))
        if not verdict.failure_signature:
            return verdict
        self.record_signatures(drill)
        known = self.signatures[drill.folder].items()
        advice = (mistake.advice for mistake, signature in known if signature == verdict.failure_signature)
        return replace(verdict, known_mistake=next(advice, ""))

    def require_passing_solution(self, drill: DrillSpec, seconds: float, *, again: bool) -> None:
        """Raise Fault unless the drill's own solution is complete here: only then a verdict is about the answer.

        It is judged once, and `again` where the answer has no report of every check: the machine may have changed.
        """
        if drill.folder in self.solved_folders and not again:
            return
        verdict = self.judge_answer(drill, str(Path(drill.folder, "solution.py")), seconds)
        if not verdict.complete:
            why = verdict.reason or f"{verdict.failed[0].name} fails."
            raise Fault(f"The drill's own solution doesn't pass on this machine now: {why}")
        self.solved_folders.add(drill.folder)

    def record_signatures(self, drill: DrillSpec, *, only_while_idle: bool = False) -> None:
        """Judge the drill's known mistakes that haven't been yet, or as many as there is time until a request comes."""
        known = self.signatures.setdefault(drill.folder, {})
        for mistake in load_mistakes(Path(drill.folder)):
            if only_while_idle and self.connection.poll():
                return
            if mistake not in known:
                answer = self.folder / "mistake.py"
                answer.write_text(mistake.source, encoding="utf-8")
                known[mistake] = self.judge_answer(drill, str(answer)).failure_signature
                answer.unlink()


def become_subreaper() -> None:
    """Adopt the orphans of forked processes, where the system has a call for that (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def run_server(descriptor: int, folder: Path, idle_seconds: float) -> None:
    """Serve the requests that come over a socket, in this process, which ends with them. Files are made in `folder`."""
    become_subreaper()
    connection = Connection(descriptor)
    begin_session(lambda session: JudgeServer(connection, folder, session).serve(idle_seconds))
