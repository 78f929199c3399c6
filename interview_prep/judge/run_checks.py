"""The inside of a verdict: in a process of its own, pytest runs a drill's checks against one answer.

Every check is reported over a pipe as it ends, signed, so that what the answer writes there by itself counts for
nothing. The exit code says nothing. Left out: the limit of time, which the worker outside keeps.
"""

import ast
import importlib.util
import os
import random
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn, cast

import numpy as np
import pytest
import torch
from _pytest.assertion import util

from interview_prep.judge import diagnose, forbids, limits
from interview_prep.judge.verdict import Check

Send = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Request:
    """Which answer, against which drill."""

    folder: str  # of the drill
    answer: str
    forbids: Sequence[str]
    allows: Sequence[str]  # comparisons of its own that the solution defines as well
    wants: Sequence[str]  # names that the checks import
    rehearsal: bool = False  # of a known mistake, before the answer
    scratch: str = ""  # the only folder in which it may write


class Awaited(type):
    """What the checks import in place of a name that the answer will define; to annotate and parametrize with."""

    def __call__(cls, *_: object, **__: object) -> NoReturn:
        raise TypeError(f"{cls.__name__} is called before there is an answer: checks may do that in functions only")


class Refused(Exception):  # noqa: N818 - it is the verdict, not an error of the judge
    """Why an answer is not examined at all, with the line."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


class Reporter:
    """The pytest plugin that turns each test into a Check."""

    def __init__(self, send: Send, guard: limits.Guard) -> None:
        self.send, self.guard = send, guard
        self.compared: tuple[str, Any, Any] | None = None

    def note(self, op: str, left: object, right: object) -> None:
        """The two sides of an assert that fails, in place of a text on them."""
        self.compared = (op, left, right)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Function, nextitem: pytest.Item | None) -> bool:
        """Run one check; pytest's own way makes three reports of it that nobody reads, and takes longer than it."""
        state, raised = item.session._setupstate, None  # noqa: SLF001 - as in pytest's own
        util._reprcompare = self.note  # noqa: SLF001 - as in pytest's own; its hook makes a text that nobody reads
        try:
            try:
                state.setup(item)
                item.runtest()
            finally:
                state.teardown_exact(nextitem)
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, the check has failed
            raised = error
        self.send({"check": vars(self.check(item, raised))})
        return True

    def check(self, item: pytest.Function, raised: BaseException | None) -> Check:
        says = (item.obj.__doc__ or item.name).strip().partition("\n")[0]
        params = item.callspec.params if hasattr(item, "callspec") else {}
        given = ", ".join(f"{name}={value!r}" for name, value in params.items())
        result = Check(item.name, says, passed=not raised, given=given)
        compared, self.compared = self.compared, None
        if self.guard.refused:
            return replace(result, passed=False, kind="refused", got=self.guard.refused)
        if not raised:
            return result
        if isinstance(raised, MemoryError):
            traceback.clear_frames(raised.__traceback__)  # there is memory again, to report it
        return diagnose.failure(result, raised, compared, self.guard.answer)


def collect(session: pytest.Session, request: Request) -> None:
    """Import the drill's checks, before the answer, which cannot find them then."""
    os.chdir(request.scratch)
    answer = ModuleType("answer")
    vars(answer).update({name: Awaited(name, (), {}) for name in request.wants})
    sys.modules["answer"] = answer
    checks = Path(request.folder, "test_answer.py")
    session.config.args = [checks.name]  # pytest misreads [ in a path, but not in the folder that it is relative to
    session.config.invocation_params = pytest.Config.InvocationParams(args=(), plugins=None, dir=checks.parent)
    session.config.pluginmanager._confcutdir = checks  # noqa: SLF001 - the folders above it are not collected on the way
    sys.pycache_prefix = str(Path(request.scratch).with_name("bytecode"))  # for the checks with their asserts rewritten
    session.config.hook.pytest_collection(session=session)
    sys.pycache_prefix, sys.dont_write_bytecode = None, True  # what the answer imports first, it does not write
    if not session.items:
        raise Refused("The checks cannot be imported: it may be that they use the answer outside of functions.")
    del sys.modules[module_of(session).__name__]


def module_of(session: pytest.Session) -> ModuleType:
    """That of the checks."""
    return cast("ModuleType", cast("pytest.Function", session.items[0]).module)


def guarded(session: pytest.Session, request: Request, integrity: limits.Integrity, send: Send) -> limits.Guard:
    """Have all stand ready that an answer to this drill will be judged by; the session has collected the checks."""
    guard = limits.Guard(request.answer, Path(request.folder), Path(request.scratch))
    integrity.keep(module_of(session))
    integrity.allow(armed(request, guard))
    limits.restrict()
    guard.watch()
    session.config.pluginmanager.register(Reporter(send, guard))
    return guard


def examine(
    session: pytest.Session, request: Request, guard: limits.Guard, integrity: limits.Integrity, send: Send
) -> None:
    """Judge in this process, which is spent afterwards."""
    guard.answer = request.answer
    load(request, read(request), guard)
    integrity.allow(fill(session))
    mark = session.items[0].get_closest_marker("filterwarnings")  # of a drill whose prompt is about them
    warnings.simplefilter(mark.args[0] if mark else "ignore")
    send({"collected": [item.name for item in session.items]})
    try:
        session.config.hook.pytest_runtestloop(session=session)
    except (KeyboardInterrupt, pytest.exit.Exception) as error:
        send({"reason": f"It raises {type(error).__name__}, which no check can catch.", "line": 0})
    send({"ended": session.testscollected, "refused": guard.refused or integrity.broken(), "line": guard.line})


def rehearse(session: pytest.Session, request: Request, waiting: Callable[[], bool]) -> None:
    """Run the checks on a known mistake until an answer is `waiting`, which then meets warm code and touched memory."""
    guard = limits.Guard(request.answer, Path(request.folder), Path(request.scratch))
    silent = Reporter(lambda _: None, guard)
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - closed in the next line
    with as_before(), nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere), suppress(Refused):
        collect(session, request)
        load(request, read(request), guard)
        fill(session)
        session.config.pluginmanager.register(silent)
        for item, following in pairwise([*session.items, None]):
            if not item or waiting():
                break
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        session._setupstate.teardown_exact(None)  # noqa: SLF001 - what pytest's own loop calls when it is stopped
        session.config.pluginmanager.unregister(silent)


@contextmanager
def as_before() -> Iterator[None]:
    """Put back what a known mistake may leave behind in the libraries."""
    drawn, grad, dtype = random.getstate(), torch.is_grad_enabled(), torch.get_default_dtype()
    drawn_by_numpy = np.random.get_state()  # noqa: NPY002 - the answer may use it
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings(action="ignore"):
        yield
    random.setstate(drawn)
    np.random.set_state(drawn_by_numpy)  # noqa: NPY002 - as above
    torch.set_grad_enabled(grad)
    torch.set_default_dtype(dtype)


def armed(request: Request, guard: limits.Guard) -> list[tuple[Any, str]]:
    """Set the tripwires."""
    try:
        return forbids.tripwires(request.forbids, guard)
    except LookupError as error:
        raise Refused(str(error)) from error


def read(request: Request) -> ast.Module:
    """What the source says, where it can be parsed and names nothing that is refused."""
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
    nodes = list(ast.walk(tree))
    for name, line in forbids.calls(nodes, request.forbids):
        raise Refused(forbids.says(name), line)
    for name, line in limits.refused_names(nodes):
        if name not in request.allows:
            raise Refused(f"It uses {name}, which no answer needs: it may not meddle with the judge.", line)
    return tree


def load(request: Request, tree: ast.Module, guard: limits.Guard) -> None:
    """The answer as the module `answer`; what goes wrong in it is its own."""
    module = sys.modules["answer"]
    for name in request.wants:
        delattr(module, name)
    module.__file__ = request.answer
    try:
        exec(compile(tree, request.answer, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - to run it is the point
    except BaseException as error:
        line = diagnose.line_in(request.answer, error)
        raise Refused(guard.refused or f"It cannot be imported: {diagnose.told(error)}", guard.line or line) from error
    absent = [name for name in request.wants if not hasattr(module, name)]
    if absent:
        raise Refused(f"It defines no {' and no '.join(absent)}; start.py shows the signature.")


def fill(session: pytest.Session) -> list[tuple[ModuleType, str]]:
    """Put what the answer defines where the checks await it, and say where in their module that is."""
    checks = module_of(session)
    for item in session.items:
        if hasattr(item, "callspec"):
            put(item.callspec.params)
    return [(checks, name) for name in put(vars(checks))]


def put(space: dict[str, Any]) -> list[str]:
    """The same in one namespace or one check's parameters; the names that were awaited."""
    awaited = [name for name, value in space.items() if isinstance(value, Awaited)]
    space.update({name: getattr(sys.modules["answer"], space[name].__name__) for name in awaited})
    return awaited
