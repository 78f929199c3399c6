"""Parses an answer, imports it as the module `answer`, and binds what it defines to the checks.

The checks are imported before there is an answer, so `from answer import name` gives them a placeholder at first.
Left out: running the checks.
"""

import ast
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from interview_prep.judge.diagnose import describe_error, find_answer_line
from interview_prep.judge.guard import Guard
from interview_prep.judge.limits import SOURCE_BYTES
from interview_prep.judge.request import DrillSpec
from interview_prep.judge.source_rules import (
    TEST_MODULES,
    find_code_in_texts,
    find_forbidden_calls,
    find_private_routes,
    find_rejected_names,
    remove_main_blocks,
)
from interview_prep.judge.tripwires import explain_forbidden

TESTS_BELONG_ELSEWHERE = (
    'It imports pytest: put your tests into another file, or below `if __name__ == "__main__":`, which isn\'t run here.'
)


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
        raise AnswerRejected(f"The file has {len(content) >> 20} MB, which is too long for an answer.")
    try:
        source = importlib.util.decode_source(content)
        tree = ast.parse(source, answer)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise AnswerRejected(f"It isn't valid Python: {describe_error(error)}", line) from error
    tree.body = remove_main_blocks(tree.body)
    for reason, line in find_broken_rules(list(ast.walk(tree)), drill):
        raise AnswerRejected(reason, line)
    return tree


def find_broken_rules(nodes: list[ast.AST], drill: DrillSpec) -> Iterator[tuple[str, int]]:
    """What an answer's source breaks of the rules in source_rules.py: a sentence, and the line."""
    for name, line in find_forbidden_calls(nodes, drill.forbids):
        yield explain_forbidden(name), line
    for name, line in find_rejected_names(nodes):
        if name in TEST_MODULES:
            yield TESTS_BELONG_ELSEWHERE, line
        elif name not in drill.allowed_names:
            yield f"It uses {name}, which no answer needs and which could interfere with the judge.", line
    for name, line in find_code_in_texts(nodes):
        yield f"It uses {name}: write the code itself instead of a string of code.", line
    for name, line in find_private_routes(nodes) if drill.forbids else ():
        if name not in drill.allowed_names:
            yield f"It uses {name}, a way around what this drill forbids: use the library's public functions.", line


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
        raise AnswerRejected(f"It doesn't define {' or '.join(missing)}; start.py shows the signature.")


def replace_placeholders(namespace: dict[str, Any]) -> list[str]:
    """Put what the answer defines in place of its placeholders; returns their names."""
    names = [name for name, value in namespace.items() if isinstance(value, Placeholder)]
    namespace.update({name: getattr(sys.modules["answer"], namespace[name].__name__) for name in names})
    return names
