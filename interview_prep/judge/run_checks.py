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
from interview_prep.judge.verdict import CheckResult

Send = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Request:
    """Which answer, against which drill."""

    folder: str  # of the drill
    answer: str
    forbids: Sequence[str]
    allowed_names: Sequence[str]  # comparisons of its own that the solution defines as well
    required_names: Sequence[str]  # names that the checks import
    rehearsal: bool = False  # of a known mistake, before the answer
    scratch: str = ""  # the only folder in which it may write


class Placeholder(type):
    """What the checks import in place of a name that the answer will define; to annotate and parametrize with."""

    def __call__(cls, *_: object, **__: object) -> NoReturn:
        raise TypeError(f"{cls.__name__} is called before there is an answer: checks may do that in functions only")


class AnswerRejected(Exception):  # noqa: N818 - it is the verdict, not an error of the judge
    """Why an answer is not examined at all, with the line."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


class Reporter:
    """The pytest plugin that turns each test into a Check."""

    def __init__(self, send: Send, guard: limits.Guard) -> None:
        self.send, self.guard = send, guard
        self.compared: tuple[str, Any, Any] | None = None

    def record_comparison(self, op: str, left: object, right: object) -> None:
        """The two sides of an assert that fails, in place of a text on them."""
        self.compared = (op, left, right)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Function, nextitem: pytest.Item | None) -> bool:
        """Run one check; pytest's own way makes three reports of it that nobody reads, and takes longer than it."""
        state, raised = item.session._setupstate, None  # noqa: SLF001 - as in pytest's own
        util._reprcompare = self.record_comparison  # noqa: SLF001 - as in pytest's own; its hook makes a text that nobody reads
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
        self.send({"check": vars(self.build_check_result(item, raised))})
        return True

    def build_check_result(self, item: pytest.Function, raised: BaseException | None) -> CheckResult:
        says = (item.obj.__doc__ or item.name).strip().partition("\n")[0]
        params = item.callspec.params if hasattr(item, "callspec") else {}
        given = ", ".join(f"{name}={value!r}" for name, value in params.items())
        result = CheckResult(item.name, says, passed=not raised, parameters=given)
        compared, self.compared = self.compared, None
        if self.guard.refused:
            return replace(result, passed=False, kind="refused", got=self.guard.refused)
        if not raised:
            return result
        if isinstance(raised, MemoryError):
            traceback.clear_frames(raised.__traceback__)  # there is memory again, to report it
        return diagnose.describe_failure(result, raised, compared, self.guard.answer)


def collect_checks(session: pytest.Session, request: Request) -> None:
    """Import the drill's checks, before the answer, which cannot find them then."""
    os.chdir(request.scratch)
    answer = ModuleType("answer")
    vars(answer).update({name: Placeholder(name, (), {}) for name in request.required_names})
    sys.modules["answer"] = answer
    checks = Path(request.folder, "test_answer.py")
    session.config.args = [checks.name]  # pytest misreads [ in a path, but not in the folder that it is relative to
    session.config.invocation_params = pytest.Config.InvocationParams(args=(), plugins=None, dir=checks.parent)
    session.config.pluginmanager._confcutdir = checks  # noqa: SLF001 - the folders above it are not collected on the way
    sys.pycache_prefix = str(Path(request.scratch).with_name("bytecode"))  # for the checks with their asserts rewritten
    session.config.hook.pytest_collection(session=session)
    sys.pycache_prefix, sys.dont_write_bytecode = None, True  # what the answer imports first, it does not write
    if not session.items:
        raise AnswerRejected("The checks cannot be imported: it may be that they use the answer outside of functions.")
    del sys.modules[checks_module(session).__name__]


def checks_module(session: pytest.Session) -> ModuleType:
    """That of the checks."""
    return cast("ModuleType", cast("pytest.Function", session.items[0]).module)


def install_guards(
    session: pytest.Session, request: Request, integrity: limits.TamperDetector, send: Send
) -> limits.Guard:
    """Have all stand ready that an answer to this drill will be judged by; the session has collected the checks."""
    guard = limits.Guard(request.answer, Path(request.folder), Path(request.scratch))
    integrity.watch_module(checks_module(session))
    integrity.accept_replacements(set_tripwires(request, guard))
    limits.set_rlimits()
    guard.install_audit_hook()
    session.config.pluginmanager.register(Reporter(send, guard))
    return guard


def run_checks(
    session: pytest.Session, request: Request, guard: limits.Guard, integrity: limits.TamperDetector, send: Send
) -> None:
    """Judge in this process, which is spent afterwards."""
    guard.answer = request.answer
    import_answer(request, parse_answer(request), guard)
    integrity.accept_replacements(bind_answer(session))
    mark = session.items[0].get_closest_marker("filterwarnings")  # of a drill whose prompt is about them
    warnings.simplefilter(mark.args[0] if mark else "ignore")
    send({"collected": [item.name for item in session.items]})
    try:
        session.config.hook.pytest_runtestloop(session=session)
    except (KeyboardInterrupt, pytest.exit.Exception) as error:
        send({"reason": f"It raises {type(error).__name__}, which no check can catch.", "line": 0})
    send({"ended": session.testscollected, "refused": guard.refused or integrity.find_tampering(), "line": guard.line})


def rehearse(session: pytest.Session, request: Request, waiting: Callable[[], bool]) -> None:
    """Run the checks on a known mistake until an answer is `waiting`, which then meets warm code and touched memory."""
    guard = limits.Guard(request.answer, Path(request.folder), Path(request.scratch))
    silent = Reporter(lambda _: None, guard)
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - closed in the next line
    with restore_global_state(), nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere), suppress(AnswerRejected):
        collect_checks(session, request)
        import_answer(request, parse_answer(request), guard)
        bind_answer(session)
        session.config.pluginmanager.register(silent)
        for item, following in pairwise([*session.items, None]):
            if not item or waiting():
                break
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        session._setupstate.teardown_exact(None)  # noqa: SLF001 - what pytest's own loop calls when it is stopped
        session.config.pluginmanager.unregister(silent)


@contextmanager
def restore_global_state() -> Iterator[None]:
    """Put back what a known mistake may leave behind in the libraries."""
    drawn, grad, dtype = random.getstate(), torch.is_grad_enabled(), torch.get_default_dtype()
    drawn_by_numpy = np.random.get_state()  # noqa: NPY002 - the answer may use it
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings(action="ignore"):
        yield
    random.setstate(drawn)
    np.random.set_state(drawn_by_numpy)  # noqa: NPY002 - as above
    torch.set_grad_enabled(grad)
    torch.set_default_dtype(dtype)


def set_tripwires(request: Request, guard: limits.Guard) -> list[tuple[Any, str]]:
    """Set the tripwires."""
    try:
        return forbids.install_tripwires(request.forbids, guard)
    except LookupError as error:
        raise AnswerRejected(str(error)) from error


def parse_answer(request: Request) -> ast.Module:
    """What the source says, where it can be parsed and names nothing that is refused."""
    content = Path(request.answer).read_bytes()
    if not content.strip():
        raise AnswerRejected("The file is empty.")
    if len(content) > limits.SOURCE:
        raise AnswerRejected(f"The file has {len(content) >> 20} MB: no answer is as long as that.")
    try:
        source = importlib.util.decode_source(content)
        tree = ast.parse(source, request.answer)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise AnswerRejected(
            f"It does not parse: {diagnose.one_line(error)}", getattr(error, "lineno", 0) or 0
        ) from error
    nodes = list(ast.walk(tree))
    for name, line in forbids.find_forbidden_calls(nodes, request.forbids):
        raise AnswerRejected(forbids.explain_forbidden(name), line)
    for name, line in limits.find_rejected_names(nodes):
        if name not in request.allowed_names:
            raise AnswerRejected(f"It uses {name}, which no answer needs: it may not meddle with the judge.", line)
    return tree


def import_answer(request: Request, tree: ast.Module, guard: limits.Guard) -> None:
    """The answer as the module `answer`; what goes wrong in it is its own."""
    module = sys.modules["answer"]
    for name in request.required_names:
        delattr(module, name)
    module.__file__ = request.answer
    try:
        exec(compile(tree, request.answer, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - to run it is the point
    except BaseException as error:
        line = diagnose.find_answer_line(request.answer, error)
        raise AnswerRejected(
            guard.refused or f"It cannot be imported: {diagnose.one_line(error)}", guard.line or line
        ) from error
    absent = [name for name in request.required_names if not hasattr(module, name)]
    if absent:
        raise AnswerRejected(f"It defines no {' and no '.join(absent)}; start.py shows the signature.")


def bind_answer(session: pytest.Session) -> list[tuple[ModuleType, str]]:
    """Put what the answer defines where the checks await it, and say where in their module that is."""
    checks = checks_module(session)
    for item in session.items:
        if hasattr(item, "callspec"):
            bind_placeholders(item.callspec.params)
    return [(checks, name) for name in bind_placeholders(vars(checks))]


def bind_placeholders(space: dict[str, Any]) -> list[str]:
    """The same in one namespace or one check's parameters; the names that were awaited."""
    awaited = [name for name, value in space.items() if isinstance(value, Placeholder)]
    space.update({name: getattr(sys.modules["answer"], space[name].__name__) for name in awaited})
    return awaited
