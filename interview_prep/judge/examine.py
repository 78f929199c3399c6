"""The inside of a verdict: in a process of its own, pytest runs a drill's checks against one answer.

Every check is reported over a pipe as it ends, signed, so that what the answer writes there by itself counts for
nothing. The exit code says nothing. Left out: the limit of time, which the worker outside keeps.
"""

import ast
import importlib.util
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, cast

import pytest

from interview_prep.judge import diagnose, forbids, limits
from interview_prep.judge.verdict import Check

Phase = Literal["setup", "call", "teardown"]
Send = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Request:
    """Which answer, against which drill."""

    folder: str  # of the drill
    answer: str
    forbids: Sequence[str]
    allows: Sequence[str]  # comparisons of its own that the solution defines as well
    wants: Sequence[str]  # names that the checks import
    scratch: str = ""  # the only folder in which it may write


class Refused(Exception):  # noqa: N818 - it is the verdict, not an error of the judge
    """Why an answer is not examined at all, with the line."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


class Reporter:
    """The pytest plugin that turns each test into a Check."""

    def __init__(self, send: Send, guard: limits.Guard, integrity: limits.Integrity) -> None:
        self.send, self.guard, self.integrity = send, guard, integrity
        self.compared: tuple[Any, Any] | None = None
        self.began = False

    def pytest_itemcollected(self, item: pytest.Function) -> None:
        if not self.began:
            self.integrity.keep(item.module)
        self.began = True

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.send({"begins": nodeid.partition("::")[2]})

    def pytest_assertrepr_compare(self, left: object, right: object) -> None:
        self.compared = (left, right)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Function, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """In place of pytest's own, which would lay out a traceback that nobody reads."""
        if call.excinfo and isinstance(call.excinfo.value, MemoryError):
            traceback.clear_frames(call.excinfo.tb)  # there is memory again, to report it
        if call.when == "call" or call.excinfo:
            self.send({"check": asdict(self.check(item, call))})
        outcome: Literal["passed", "failed"] = "failed" if call.excinfo else "passed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, cast("Phase", call.when))

    def check(self, item: pytest.Function, call: pytest.CallInfo[None]) -> Check:
        says = (item.obj.__doc__ or item.name).strip().partition("\n")[0]
        params = item.callspec.params if hasattr(item, "callspec") else {}
        given = ", ".join(f"{name}={value!r}" for name, value in params.items())
        result = Check(item.name, says, passed=not call.excinfo, given=given)
        compared, self.compared = self.compared, None
        if self.guard.refused:
            return replace(result, passed=False, kind="refused", got=self.guard.refused)
        if not call.excinfo:
            return result
        return diagnose.failure(result, call.excinfo.value, compared, self.guard.answer)


def examine(session: pytest.Session, request: Request, integrity: limits.Integrity, send: Send) -> None:
    """Judge in this process, which is spent afterwards; `session` has begun and not yet collected."""
    os.chdir(request.scratch)
    sys.dont_write_bytecode = True  # to import what was never imported here is no writing of the answer's
    checks = Path(request.folder, "test_answer.py")
    guard = limits.Guard(request.answer, Path(request.folder), Path(request.scratch))
    try:
        integrity.allow(armed(request, guard))
        source = read(request)
        limits.restrict()
        guard.watch()
        load(request, source, guard)
    except Refused as refused:
        send({"reason": str(refused), "line": refused.line})
        return
    warnings.simplefilter("error")
    session.config.pluginmanager.register(Reporter(send, guard, integrity))
    session.config.args = [str(checks)]
    sys.pycache_prefix = str(Path(request.scratch).with_name("bytecode"))  # for the checks with their asserts rewritten
    sys.dont_write_bytecode = False
    session.config.hook.pytest_collection(session=session)
    sys.pycache_prefix, sys.dont_write_bytecode = None, True
    try:
        session.config.hook.pytest_runtestloop(session=session)
    except (KeyboardInterrupt, pytest.exit.Exception) as error:
        send({"reason": f"It raises {type(error).__name__}, which no check can catch.", "line": 0})
    send({"ended": session.testscollected, "refused": guard.refused or integrity.broken(), "line": guard.line})


def armed(request: Request, guard: limits.Guard) -> list[tuple[Any, str]]:
    """Set the tripwires."""
    try:
        return forbids.tripwires(request.forbids, guard)
    except LookupError as error:
        raise Refused(str(error)) from error


def read(request: Request) -> str:
    """The source, where it can be parsed and names nothing that is refused."""
    content = Path(request.answer).read_bytes()
    if not content.strip():
        raise Refused("The file is empty.")
    if len(content) > limits.SOURCE:
        raise Refused(f"The file has {len(content) >> 20} MB: no answer is as long as that.")
    try:
        source = importlib.util.decode_source(content)
        tree = ast.parse(source, request.answer)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Refused(f"It does not parse: {diagnose.told(error)}", getattr(error, "lineno", 0) or 0) from error
    for name, line in forbids.calls(tree, request.forbids):
        raise Refused(forbids.says(name), line)
    for name, line in limits.refused_names(tree):
        if name not in request.allows:
            raise Refused(f"It uses {name}, which no answer needs: it may not meddle with the judge.", line)
    return source


def load(request: Request, source: str, guard: limits.Guard) -> None:
    """The answer as the module `answer`; what goes wrong in it is its own."""
    module = ModuleType("answer")
    module.__file__ = request.answer
    sys.modules["answer"] = module
    try:
        exec(compile(source, request.answer, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - to run it is the point
    except BaseException as error:
        line = diagnose.line_in(request.answer, error)
        raise Refused(guard.refused or f"It cannot be imported: {diagnose.told(error)}", guard.line or line) from error
    absent = [name for name in request.wants if not hasattr(module, name)]
    if absent:
        raise Refused(f"It defines no {' and no '.join(absent)}; start.py shows the signature.")
