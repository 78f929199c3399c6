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

from interview_prep.environment import ROOT
from interview_prep.judge.drill import Drill
from interview_prep.judge.limits import SECONDS, refused_names
from interview_prep.judge.sources import parsed, wants
from interview_prep.judge.verdict import Verdict

GRACE = 60  # seconds more until a process that does not answer is given up, its start included
ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),  # more do not survive a fork
    "TOKENIZERS_PARALLELISM": "false",
    "CUDA_VISIBLE_DEVICES": "",
    "HF_HUB_OFFLINE": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}


class Worker:
    """Starts to warm up at once; `judge` waits for it. It and its files are gone after `close`."""

    def __init__(self, *, fork: bool = hasattr(os, "fork")) -> None:
        """Without `fork` each verdict has an interpreter of its own: the same, some seconds later."""
        self.fork = fork
        self.start()

    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="judge-")
        self.line, theirs = Pipe()
        command = sys.executable, "-P", "-m", "interview_prep.judge.warm"
        with theirs:
            self.process = subprocess.Popen(
                [*command, str(theirs.fileno()), self.folder.name, *([] if self.fork else ["--no-fork"])],
                cwd=ROOT,
                env={**os.environ, **ENVIRONMENT, "PYTHONPATH": str(ROOT)},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the kit
            )

    def ready(self) -> None:
        """Wait until it is warm."""
        self.ask({"ready": True}, GRACE)

    def prepare(self, drill: Drill) -> None:
        """Learn, in the background, how the drill's known mistakes fail, and rehearse."""
        self.ask(asked(drill))

    def judge(self, drill: Drill, answer: Path, *, seconds: float = SECONDS, likely: bool = True) -> Verdict:
        """The verdict on an answer, in at most about `seconds`; `likely` has it compared with the known mistakes."""
        about = {"answer": os.path.realpath(answer), "seconds": seconds, "likely": likely}
        reply = self.ask({**about, **asked(drill)}, seconds + GRACE)
        if reply:
            return Verdict.from_dict(json.loads(reply))
        self.close()
        self.start()
        return Verdict(drill.name, passed=False, reason="It has ended the judge itself.")

    def ask(self, request: dict[str, object], seconds: float = 0) -> bytes:
        """The process's reply, or b"" where none comes in time or it is gone."""
        try:
            self.line.send_bytes(json.dumps(request).encode())
            return self.line.recv_bytes() if self.line.poll(seconds) else b""
        except (OSError, EOFError):
            return b""

    def close(self) -> None:
        self.line.close()
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@functools.cache
def asked(drill: Drill) -> dict[str, object]:
    """What the process has to know of a drill."""
    allows = {name for name, _ in refused_names(ast.walk(parsed(drill.solution)))}
    folder = str(drill.folder.resolve())
    return {"folder": folder, "forbids": drill.forbids, "allows": sorted(allows), "wants": wants(drill)}
