"""The handle by which the kit asks for verdicts: it keeps a warm process (warm.py) and starts another when one is lost.

Left out: more than one answer at a time; use as many workers.
"""

import ast
import functools
import json
import os
import subprocess
import sys
import tempfile
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Self

from interview_prep.catalog.drill import Drill
from interview_prep.catalog.sources import find_imported_names, parse_source
from interview_prep.errors import KitError
from interview_prep.judge.limits import SECONDS, find_rejected_names
from interview_prep.judge.verdict import Verdict
from interview_prep.paths import ROOT
from interview_prep.processes import as_utf8, child_environment

AGAIN = "There is no verdict, and nothing is noted. `invoke doctor` checks this machine."
GRACE = 60  # seconds more until a process that does not answer is given up, its start included
JUDGE_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),  # more do not survive a fork
    "TOKENIZERS_PARALLELISM": "false",
    "CUDA_VISIBLE_DEVICES": "",
    "HF_HUB_OFFLINE": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}


class JudgeError(KitError):
    """The judge or its surroundings failed: there is no verdict, and nothing to note."""


class JudgeClient:
    """Starts to warm up at once; `judge` waits for it. It and its files are gone after `close`."""

    def __init__(self, *, fork: bool = hasattr(os, "fork")) -> None:
        """Without `fork` each verdict has an interpreter of its own: the same, some seconds later."""
        self.fork = fork
        self.start()

    def start(self) -> None:
        """Start the process; raises JudgeError where the machine does not let it."""
        environment = child_environment(**JUDGE_ENVIRONMENT)
        try:
            self.folder = tempfile.TemporaryDirectory(None, "judge-", environment["TMPDIR"], ignore_cleanup_errors=True)
            self.log = tempfile.TemporaryFile(dir=self.folder.name)  # noqa: SIM115 - closed by close()
            self.line, theirs = Pipe()
            with theirs:
                self.process = subprocess.Popen(
                    [*self.command(), str(theirs.fileno()), self.folder.name],
                    cwd=ROOT,
                    env=environment,
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=self.log,
                    stderr=self.log,
                    start_new_session=True,  # Ctrl-C is for the kit
                )
        except OSError as error:
            raise JudgeError(f"The judge cannot start: {error}. {AGAIN}") from None

    def command(self) -> list[str]:
        """Run in the checkout, whose modules it finds there: PYTHONPATH has no way to write a folder with a colon."""
        return [sys.executable, "-s", "-m", "interview_prep.judge.server", "fork" if self.fork else "spawn"]

    def restart(self) -> None:
        self.close()
        self.start()

    def wait_until_ready(self) -> None:
        """Wait until it is warm."""
        self.send_request({"ready": True}, GRACE)

    def preload_drill(self, drill: Drill) -> None:
        """Learn, in the background, how the drill's known mistakes fail, and rehearse."""
        self.send_request(drill_payload(drill))

    def judge(
        self, drill: Drill, answer: Path, *, seconds: float = SECONDS, compare_with_known: bool = True
    ) -> Verdict:
        """The verdict on an answer, in at most about `seconds`.

        `compare_with_known` compares a failure with the drill's own solution, which must pass on this machine before an
        answer can be said to fail, and with the known mistakes. Raises JudgeError where there is no verdict.
        """
        request = {
            "answer": as_utf8(os.path.realpath(answer)),
            "seconds": seconds,
            "compare_with_known": compare_with_known,
            **drill_payload(drill),
        }
        reply = self.send_request(request, seconds + GRACE)
        if not reply:  # it was ended, from outside or by the answer: a second try tells
            self.restart()
            reply = self.send_request(request, seconds + GRACE)
        if not reply:
            reason = self.last_words()
            self.restart()
            if not self.send_request({**request, "answer": as_utf8(drill.solution)}, seconds + GRACE):
                raise JudgeError(f"The judge ends before it has a verdict: {reason or 'without a word'}. {AGAIN}")
            return Verdict(drill.name, passed=False, reason="It has ended the judge itself.")
        found = json.loads(reply)
        if "fault" in found:
            raise JudgeError(f"{found['fault']} {AGAIN}")
        return Verdict.from_dict(found)

    def send_request(self, request: dict[str, object], seconds: float = 0) -> bytes:
        """The process's reply, or b"" where none comes in time or it is gone."""
        try:
            self.line.send_bytes(json.dumps(request).encode())
            return self.line.recv_bytes() if self.line.poll(seconds) else b""
        except (OSError, EOFError):
            return b""

    def last_words(self) -> str:
        """The last line that the process has printed: of a traceback, the error."""
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def close(self) -> None:
        self.line.close()
        self.process.kill()
        self.process.wait()
        self.log.close()
        self.folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@functools.cache
def drill_payload(drill: Drill) -> dict[str, object]:
    """What the process has to know of a drill."""
    allows = {name for name, _ in find_rejected_names(ast.walk(parse_source(drill.solution)))}
    folder = as_utf8(drill.folder.resolve())
    return {"folder": folder, "forbids": drill.forbids, "allows": sorted(allows), "wants": find_imported_names(drill)}
