"""The warm process: a pytest session that has begun and never collects. Each verdict is a fork of it, which does.

A fork has neither torch to import nor pytest to start. This process itself never runs an answer, never touches CUDA
and has one thread.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import socket
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

import pytest

from interview_prep.judge.attempt import Attempt
from interview_prep.judge.drill import DRILLS, sentence
from interview_prep.judge.examine import Request
from interview_prep.judge.forbids import owner_of
from interview_prep.judge.limits import SECONDS
from interview_prep.judge.verdict import Verdict

IMPORTS = (
    *("torch.testing", "torch.nn.functional", "torch._dynamo", "numpy.testing", "pandas.testing", "transformers"),
    *("sklearn.pipeline", "sklearn.compose", "sklearn.linear_model", "sklearn.ensemble", "sklearn.impute"),
)
UNUSED = (
    *("cacheprovider", "junitxml", "pastebin", "doctest", "unittest", "stepwise", "faulthandler", "logging"),
    *("debugging", "threadexception", "unraisableexception", "warnings", "setuponly", "setupplan", "subtests"),
)
PYTEST = (
    *("-q", "-s", "--tb=no", "--noconftest", "--import-mode=importlib", "-c", os.devnull),
    *(f"-pno:{name}" for name in UNUSED),
)
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: orphans of a fork become this process's children, which it can end


class Service:
    """The pytest plugin that answers requests, a line each, where the session would collect."""

    def __init__(self, line: socket.socket, folder: Path) -> None:
        self.line, self.folder = line, folder
        self.stream = line.makefile("rw", encoding="utf-8")
        self.spare: Attempt | None = None
        self.spent: Attempt | None = None
        self.known: dict[str, dict[Path, frozenset[tuple[str, str]]]] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        session.config.pluginmanager.unregister(name="terminalreporter")  # the forks report to us
        gc.collect()
        gc.freeze()  # the forks share these pages as long as nothing writes to them
        self.session = session
        self.renew()
        for line in self.stream:
            asked = json.loads(line)
            if "answer" in asked:
                self.reply(asdict(self.judge(asked)))
            elif "folder" in asked:
                self.learn(asked, idly=True)
            else:
                self.reply({})
            self.renew()
        if self.spare:
            self.spare.end()
        os._exit(0)

    def renew(self) -> None:
        """Clear the last attempt away, and have another process wait for the next."""
        if self.spent:
            self.spent.end()
            self.spent = None
        self.spare = self.spare or Attempt(self.session, self.folder)

    def reply(self, content: dict[str, Any]) -> None:
        self.stream.write(json.dumps(content) + "\n")
        self.stream.flush()

    def judge(self, asked: dict[str, Any]) -> Verdict:
        verdict = self.attempt(asked, asked["answer"], asked["seconds"])
        if verdict.passed or not verdict.pattern or not asked["likely"]:
            return verdict
        self.learn(asked)
        known = self.known[asked["folder"]].items()
        return replace(
            verdict, likely=next((sentence(path) for path, pattern in known if pattern == verdict.pattern), "")
        )

    def learn(self, asked: dict[str, Any], *, idly: bool = False) -> None:
        """How each known mistake of a drill fails; `idly` no further when somebody waits for a verdict."""
        known = self.known.setdefault(asked["folder"], {})
        for path in sorted(Path(asked["folder"], "wrong").glob("*.py")):
            if idly and select.select([self.line], [], [], 0)[0]:
                return
            if path not in known:
                known[path] = self.attempt(asked, str(path)).pattern

    def attempt(self, asked: dict[str, Any], answer: str, seconds: float = SECONDS) -> Verdict:
        for name in asked["forbids"]:
            with contextlib.suppress(ImportError, AttributeError):  # which the fork reports
                owner_of(name)  # imported here, it is there in every later fork
        self.renew()
        spare, self.spare = cast("Attempt", self.spare), None
        self.spent = spare
        request = Request(asked["folder"], answer, asked["forbids"], asked["allows"], asked["wants"])
        return spare.judge(request, seconds)


def serve(descriptor: int, folder: Path) -> None:
    """Answer what comes over the socket until its other end is closed."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    for name in IMPORTS:
        importlib.import_module(name)
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    for accelerator in (torch.cuda, torch.xpu, torch.mtia):  # a fork has none; asked for one, each seed costs 3 ms
        accelerator._is_in_bad_fork = lambda: True  # noqa: SLF001 - it has no public name
    nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - pytest reports there until the end
    line = socket.socket(fileno=descriptor)
    places = f"--rootdir={folder}", f"--confcutdir={min(DRILLS.glob('*/'))}"  # nothing above it is collected on the way
    with contextlib.redirect_stdout(nowhere):
        pytest.main([*PYTEST, *places, str(folder)], plugins=[Service(line, folder)])


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]))
