"""JudgeClient: asks for verdicts, keeps the judge server (server.py) running, and restarts it when it is lost.

A fault of the judge or the machine is never a verdict: it is a JudgeError. Left out: more than one answer at a time;
use as many clients.
"""

import ast
import contextlib
import functools
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Any, Self

from interview_prep.catalog.drill import Drill
from interview_prep.catalog.families import expand_forbidden
from interview_prep.catalog.sources import find_imported_names, parse_source
from interview_prep.errors import KitError, one_line
from interview_prep.judge.limits import IDLE_SECONDS, SECONDS
from interview_prep.judge.request import DrillSpec
from interview_prep.judge.source_rules import find_private_routes, find_rejected_names
from interview_prep.judge.verdict import Verdict
from interview_prep.paths import ROOT
from interview_prep.processes import as_utf8, child_environment

NO_VERDICT = "There is no verdict, and nothing is recorded. `invoke doctor` checks this machine."
SERVER = "interview_prep.judge"
GRACE_SECONDS = 60  # beyond an answer's own time, until a server that doesn't reply is given up; its start included
JUDGE_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),  # more do not survive a fork
    "TOKENIZERS_PARALLELISM": "false",
    "CUDA_VISIBLE_DEVICES": "",
    "HF_HUB_OFFLINE": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}


class JudgeError(KitError):
    """The judge or the machine failed: there is no verdict, and nothing to record."""


class JudgeClient:
    """Starts the server with the first request, and again where it has ended or is lost.

    A server that nobody asks for `idle_seconds` ends by itself. `close`, or the end of a `with`, removes it and its
    files.
    """

    process: "subprocess.Popen[bytes]"  # the server, once it has started

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self.idle_seconds = idle_seconds
        self.has_started = False
        self.preloaded: dict[str, Any] | None = None  # the last request to preload a drill

    def ensure_running(self) -> None:
        """Start the server unless it runs; raises JudgeError where the machine doesn't let it."""
        if not self.has_started or self.process.poll() is not None:
            self.restart()

    def start(self) -> None:
        """Start a server; raises JudgeError where the machine doesn't let it."""
        environment = child_environment(**JUDGE_ENVIRONMENT)
        try:
            with contextlib.ExitStack() as resources:
                folder = tempfile.TemporaryDirectory(None, "judge-", environment["TMPDIR"], ignore_cleanup_errors=True)
                self.folder = Path(resources.enter_context(folder))
                self.log = resources.enter_context(tempfile.TemporaryFile(dir=self.folder))
                connection, server_end = Pipe()
                self.connection = resources.enter_context(connection)
                with server_end:
                    self.process = self.start_process(server_end.fileno(), environment)
                self.resources = resources.pop_all()  # which are kept until close()
                self.has_started = True
        except OSError as error:
            raise JudgeError(f"The judge cannot start: {error}. {NO_VERDICT}") from None

    def start_process(self, descriptor: int, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
        """The server's process, which talks over a descriptor of this one."""
        return subprocess.Popen(
            [sys.executable, "-s", "-m", SERVER, str(descriptor), str(self.folder), str(self.idle_seconds)],
            cwd=ROOT,  # where it finds the kit: PYTHONPATH has no way to write a folder with a colon
            env=environment,
            pass_fds=[descriptor],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,  # Ctrl-C is for the kit
        )

    def restart(self) -> None:
        """Give up the server, if there is one, and start another, which gets ready for the same drill."""
        self.close()
        self.start()
        if self.preloaded:
            self.exchange(self.preloaded)

    def wait_until_ready(self) -> None:
        """Wait until the server has started and done everything that was asked before."""
        self.send_request({}, GRACE_SECONDS)

    def preload_drill(self, drill: Drill) -> None:
        """In the background, learn how the drill's known mistakes fail and collect its checks."""
        request = {"drill": asdict(describe_drill(drill))}
        self.send_request(request)
        self.preloaded = request

    def judge(
        self, drill: Drill, answer: Path, *, seconds: float = SECONDS, compare_with_known: bool = True
    ) -> Verdict:
        """The verdict on an answer, in at most about `seconds`.

        `compare_with_known` compares a failure with the drill's own solution, which must pass on this machine before an
        answer can be said to fail, and with the known mistakes. Raises JudgeError where there is no verdict.
        """
        request = {
            "drill": asdict(describe_drill(drill)),
            "answer": as_utf8(os.path.realpath(answer)),
            "seconds": seconds,
            "compare_with_known": compare_with_known,
        }
        reply = self.send_request(request, seconds + GRACE_SECONDS)
        if not reply:  # the server has ended: by itself just now, from outside or by the answer; a second try tells
            self.restart()
            reply = self.send_request(request, seconds + GRACE_SECONDS)
        return read_reply(reply) if reply else self.explain_lost_server(drill, request)

    def explain_lost_server(self, drill: Drill, request: dict[str, Any]) -> Verdict:
        """Why the server was lost twice: the answer did it, unless the solution does it too. Then raise JudgeError."""
        last_line = self.read_last_log_line()
        self.restart()
        if not self.send_request({**request, "answer": as_utf8(drill.solution)}, request["seconds"] + GRACE_SECONDS):
            raise JudgeError(
                f"The judge ended before it had a verdict: {last_line or 'it printed nothing'}. {NO_VERDICT}"
            )
        return Verdict(drill.name, passed=False, reason="It killed the judge itself.")

    def send_request(self, request: dict[str, Any], timeout: float = 0) -> bytes:
        """Send it to a server that runs, and return the reply as `exchange` does."""
        self.ensure_running()
        return self.exchange(request, timeout)

    def exchange(self, request: dict[str, Any], timeout: float = 0) -> bytes:
        """Send it, and return the reply, or b"" where none comes within `timeout` seconds or the server is gone."""
        try:
            self.connection.send_bytes(json.dumps(request).encode())
            return self.connection.recv_bytes() if self.connection.poll(timeout) else b""
        except (OSError, EOFError):
            return b""

    def read_last_log_line(self) -> str:
        """The last line that the server has printed: the error, if that was a traceback."""
        self.log.seek(0)
        return one_line(self.log.read().decode(errors="replace"), last=True)

    def close(self) -> None:
        """End the server and remove its files."""
        if self.has_started:
            self.process.kill()
            self.process.wait()
            self.resources.close()
            self.has_started = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_reply(reply: bytes) -> Verdict:
    """The verdict in a reply of the server; raises JudgeError where it is a fault."""
    content = json.loads(reply)
    if "fault" in content:
        raise JudgeError(f"{content['fault']} {NO_VERDICT}")
    return Verdict.from_dict(content)


@functools.cache
def describe_drill(drill: Drill) -> DrillSpec:
    """What the server has to know about a drill. Names are allowed that the drill's own solution uses."""
    nodes = list(ast.walk(parse_source(drill.solution)))
    allowed_names = sorted({name for name, _ in [*find_rejected_names(nodes), *find_private_routes(nodes)]})
    return DrillSpec(
        folder=as_utf8(drill.folder.resolve()),
        forbids=expand_forbidden(drill.forbids),
        allowed_names=allowed_names,
        required_names=find_imported_names(drill),
    )
