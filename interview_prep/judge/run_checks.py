"""Runs a drill's checks against one answer with pytest, in a process that is thrown away afterwards.

In order: collect_checks imports the checks, which the answer can't find any more when it is imported; install_guards
sets tripwires and limits; run_checks imports the answer and runs them. Every check is reported as soon as it ends.
Left out: the limit of time, which attempt.py keeps outside.
"""

import os
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest

from interview_prep.judge.guard import Guard
from interview_prep.judge.import_answer import (
    AnswerRejected,
    import_answer,
    install_placeholders,
    parse_answer,
    replace_placeholders,
)
from interview_prep.judge.limits import set_rlimits
from interview_prep.judge.messages import Send
from interview_prep.judge.reporter import Reporter
from interview_prep.judge.request import DrillSpec
from interview_prep.judge.tampering import TamperDetector
from interview_prep.judge.tripwires import install_tripwires


def collect_checks(session: pytest.Session, drill: DrillSpec, scratch: Path) -> None:
    """Import the drill's checks; raises AnswerRejected where that fails."""
    os.chdir(scratch)
    install_placeholders(drill.required_names)
    checks = Path(drill.folder, "test_answer.py")
    session.config.args = [checks.name]  # pytest misreads [ in a path, but not in the folder that it is relative to
    session.config.invocation_params = pytest.Config.InvocationParams(args=(), plugins=None, dir=checks.parent)
    session.config.pluginmanager._confcutdir = checks  # noqa: SLF001 - don't collect the folders above it
    sys.pycache_prefix = str(scratch.with_name("bytecode"))  # for the checks, whose asserts pytest rewrites
    session.config.hook.pytest_collection(session=session)
    sys.pycache_prefix, sys.dont_write_bytecode = None, True  # none for what the answer imports
    if not session.items:
        raise AnswerRejected("The checks cannot be imported: it may be that they use the answer outside of functions.")
    session.items.sort(key=is_edge)
    del sys.modules[checks_module(session).__name__]


def is_edge(item: pytest.Item) -> bool:
    """Whether only a strict reviewer asks for this check. Edges run after the core."""
    return item.get_closest_marker("edge") is not None


def checks_module(session: pytest.Session) -> ModuleType:
    """The module of the collected checks."""
    return cast("ModuleType", cast("pytest.Function", session.items[0]).module)


def install_guards(
    session: pytest.Session, drill: DrillSpec, scratch: Path, detector: TamperDetector, send: Send
) -> Guard:
    """Install tripwires, limits and reporter before importing the answer. The guard learns the answer's path later."""
    guard = Guard(Path(drill.folder), scratch, send=send)
    detector.watch_module(checks_module(session))
    try:
        detector.accept_replacements(install_tripwires(drill.forbids, guard))
    except LookupError as error:
        raise AnswerRejected(str(error)) from error
    set_rlimits()
    guard.install_audit_hook()
    session.config.pluginmanager.register(Reporter(send, guard))
    return guard


def run_checks(session: pytest.Session, drill: DrillSpec, guard: Guard, detector: TamperDetector, send: Send) -> None:
    """Import the answer and run the collected checks on it, with a message for each, each tier, and a final one.

    The core ends with what the answer has replaced by then, because an answer may end its process in an edge.
    """
    import_answer(parse_answer(guard.answer, drill), drill, guard)
    detector.accept_replacements(bind_answer(session))
    mark = session.items[0].get_closest_marker("filterwarnings")  # of a drill whose prompt forbids warnings
    warnings.simplefilter(mark.args[0] if mark else "ignore")
    send({"imported": True})
    edges = [item for item in session.items if is_edge(item)]
    stop = run_tier(session, [item for item in session.items if item not in edges])
    if not stop:
        send({"tier": "core", "refused": detector.find_tampering(), "line": 0})
    if edges and not stop:
        stop = run_tier(session, edges)
        send({"tier": "edges", "refused": detector.find_tampering(), "line": 0})
    send({"ended": stop})


def run_tier(session: pytest.Session, checks: list[pytest.Item]) -> str:
    """Run some of the checks. Returns what has stopped them, as the beginning of a sentence, or ""."""
    session.items = checks
    try:
        session.config.hook.pytest_runtestloop(session=session)
    except (KeyboardInterrupt, pytest.exit.Exception) as error:
        return f"It raises {type(error).__name__}"
    return ""


def bind_answer(session: pytest.Session) -> list[tuple[Any, str]]:
    """Put the answer's names where the checks have placeholders; returns what changed in their module."""
    checks = checks_module(session)
    for item in session.items:
        if hasattr(item, "callspec"):
            replace_placeholders(item.callspec.params)
    return [(checks, name) for name in replace_placeholders(vars(checks))]
