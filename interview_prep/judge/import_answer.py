"""Parses an answer, imports it as the module `answer`, and binds what it defines to the checks.

The checks are imported before there is an answer, so `from answer import name` gives them a placeholder at first.
Left out: running the checks.
"""

import ast
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from interview_prep.judge.diagnose import describe_error, find_answer_line
from interview_prep.judge.guard import Guard
from interview_prep.judge.limits import SOURCE_BYTES
from interview_prep.judge.request import DrillSpec
from interview_prep.judge.source_rules import find_forbidden_calls, find_rejected_names
from interview_prep.judge.tripwires import explain_forbidden


class AnswerRejected(Exception):  # noqa: N818 - it is a verdict, not an error of the judge
    """Why the checks aren't run on an answer, with its line, or 0."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


class Placeholder(type):
    """Placeholder for a name the answer defines: fine in annotations and parametrize, not callable."""

    def __call__(cls, *_: object, **__: object) -> NoReturn:
        raise TypeError(f"{cls.__name__} is called before there is an answer: checks may do that in functions only")


def install_placeholders(names: Iterable[str]) -> None:
    """Make an `answer` module for the checks to import from."""
    module = ModuleType("answer")
    vars(module).update({name: Placeholder(name, (), {}) for name in names})
    sys.modules["answer"] = module


def parse_answer(answer: str, drill: DrillSpec) -> ast.Module:
    """The syntax tree; raises AnswerRejected where it doesn't parse or breaks a rule of source_rules.py."""
    content = Path(answer).read_bytes()
    if not content.strip():
        raise AnswerRejected("The file is empty.")
    if len(content) > SOURCE_BYTES:
        raise AnswerRejected(f"The file has {len(content) >> 20} MB: no answer is as long as that.")
    try:
        source = importlib.util.decode_source(content)
        tree = ast.parse(source, answer)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise AnswerRejected(f"It does not parse: {describe_error(error)}", line) from error
    nodes = list(ast.walk(tree))
    for name, line in find_forbidden_calls(nodes, drill.forbids):
        raise AnswerRejected(explain_forbidden(name), line)
    for name, line in find_rejected_names(nodes):
        if name not in drill.allowed_names:
            raise AnswerRejected(f"It uses {name}, which no answer needs: it may not meddle with the judge.", line)
    return tree


def import_answer(tree: ast.Module, drill: DrillSpec, guard: Guard) -> None:
    """Run the answer as the module `answer`; raises AnswerRejected with whatever goes wrong in it."""
    module = sys.modules["answer"]
    for name in drill.required_names:
        delattr(module, name)
    module.__file__ = guard.answer
    try:
        exec(compile(tree, guard.answer, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - to run it is the point
    except BaseException as error:
        reason = guard.refused or f"It cannot be imported: {describe_error(error)}"
        raise AnswerRejected(reason, guard.line or find_answer_line(guard.answer, error)) from error
    missing = [name for name in drill.required_names if not hasattr(module, name)]
    if missing:
        raise AnswerRejected(f"It defines no {' and no '.join(missing)}; start.py shows the signature.")


def replace_placeholders(namespace: dict[str, Any]) -> list[str]:
    """Put what the answer defines in place of its placeholders; returns their names."""
    names = [name for name, value in namespace.items() if isinstance(value, Placeholder)]
    namespace.update({name: getattr(sys.modules["answer"], namespace[name].__name__) for name in names})
    return names
