"""The known mistakes of a drill: edits of its solution in mistakes.toml, and programs of their own in mistakes/*.py.

Left out: whether the checks reject them, which lint proves.
"""

import ast
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interview_prep.catalog.sources import parse_source

FILE = "mistakes.toml"


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that the drill knows."""

    name: str
    advice: str  # the sentence that whoever makes this mistake should read
    source: str  # the whole program


def load_mistakes(folder: Path) -> list[Mistake]:
    """Load the known mistakes in a drill's folder, by name. Leaves out those that cannot be read."""
    mistakes, _ = read_mistakes(folder)
    return mistakes


def read_mistakes(folder: Path) -> tuple[list[Mistake], list[str]]:
    """Return the known mistakes in a drill's folder, by name, and a line for each problem with the others."""
    mistakes, problems = read_edited_solutions(folder)
    for path in list_programs(folder):
        try:
            advice = (ast.get_docstring(parse_source(path)) or "").partition("\n")[0]
        except SyntaxError as error:
            problems.append(f"mistakes/{path.name}: isn't valid Python: {error.msg}, line {error.lineno}")
            continue
        if not advice:
            problems.append(f"mistakes/{path.name}: needs a docstring: it is the advice")
        if any(path.stem == mistake.name for mistake in mistakes):
            problems.append(f"mistakes/{path.name}: is in {FILE} as well")
        mistakes.append(Mistake(path.stem, advice, path.read_text(encoding="utf-8")))
    return sorted(mistakes, key=lambda mistake: mistake.name), [f"{folder.name}/{problem}" for problem in problems]


def list_programs(folder: Path) -> list[Path]:
    """List the mistakes that are programs of their own."""
    return sorted((folder / "mistakes").glob("[!.]*.py"))


def read_edited_solutions(folder: Path) -> tuple[list[Mistake], list[str]]:
    """Return the mistakes of mistakes.toml, and a line for each thing that is wrong with it."""
    mistakes, problems = [], []
    try:
        tables = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
        solution = (folder / "solution.py").read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        return [], [f"{FILE}: cannot be read: {error}"]
    for name, table in tables.items():
        try:
            mistakes.append(Mistake(name, read_advice(table), apply_edits(solution, read_edits(table))))
        except ValueError as error:
            problems.append(f"{FILE}: {name}: {error}")
    return mistakes, problems


def read_advice(table: Any) -> str:
    """Return the advice of a mistake's table. Raises ValueError where there is none, or more than advice and edits."""
    advice = table.get("advice") if isinstance(table, dict) else None
    if not isinstance(advice, str) or not advice or table.keys() != {"advice", "edits"}:
        raise ValueError("needs advice and edits, and nothing else")
    return advice


def read_edits(table: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the pairs (find, replace) of a mistake's table. Raises ValueError where an edit is something else."""
    try:
        pairs = [(edit.pop("find"), edit.pop("replace"), edit) for edit in map(dict, table["edits"])]
    except (KeyError, TypeError, ValueError):
        pairs = []
    if not pairs or not all(isinstance(find, str) and isinstance(new, str) and not more for find, new, more in pairs):
        raise ValueError("each of its edits needs find and replace, and nothing else")
    return [(find, new) for find, new, _ in pairs]


def apply_edits(source: str, edits: Sequence[tuple[str, str]]) -> str:
    """Replace each text by another. Raises ValueError unless each occurs exactly once, and apart from the others."""
    for find, _ in edits:
        if source.count(find) != 1:
            raise ValueError(f"{find!r} occurs {source.count(find)} times in solution.py, not once")
    end = len(source)
    for find, replace in sorted(edits, key=lambda edit: source.index(edit[0]), reverse=True):
        start = source.index(find)
        if start + len(find) > end:
            raise ValueError(f"{find!r} overlaps the next edit")
        source, end = source[:start] + replace + source[start + len(find) :], start
    return source
