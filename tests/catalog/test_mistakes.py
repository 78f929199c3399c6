"""Known mistakes: edits of the solution, programs of their own, and what is said where either is broken."""

import shutil
from pathlib import Path

import pytest

from interview_prep.catalog.mistakes import Mistake, apply_edits, load_mistakes, read_mistakes
from tests.support.drills import DOUBLE

EDITS = "[[name.edits]]\nfind = 'x + x'\nreplace = 'x'\n"
BROKEN = {  # mistakes.toml, and what is said of it
    "[name]\n": "name: needs advice and edits, and nothing else",
    f"[name]\nadvice = ''\n{EDITS}": "name: needs advice and edits, and nothing else",
    f"[name]\nadvice = 'Add.'\nsource = ''\n{EDITS}": "name: needs advice and edits, and nothing else",
    "name = 'Add.'\n": "name: needs advice and edits, and nothing else",
    "[name]\nadvice = 'Add.'\nedits = 'x'\n": "name: each of its edits needs find and replace, and nothing else",
    "[name]\nadvice = 'Add.'\n[[name.edits]]\nfind = 'x + x'\n": (
        "name: each of its edits needs find and replace, and nothing else"
    ),
    f"[name]\nadvice = 'Add.'\n{EDITS}".replace("x + x", "x"): "name: 'x' occurs 4 times in solution.py, not once",
    f"[name]\nadvice = 'Add.'\n{EDITS}".replace("x + x", "y"): "name: 'y' occurs 0 times in solution.py, not once",
    f"[name]\nadvice = 'Add.'\n{EDITS}{EDITS}".replace(
        "x + x", "return x", 1
    ): "name: 'return x' overlaps the next edit",
    "[name": "cannot be read: Expected ']' at the end of a table declaration (at end of document)",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a good drill."""
    return Path(shutil.copytree(DOUBLE.folder, tmp_path / "golden" / "double"))


@pytest.mark.parametrize("toml", BROKEN)
def test_broken_mistake_is_one_line(folder: Path, toml: str) -> None:
    """What lint says of it; whoever only wants the mistakes gets the others."""
    (folder / "mistakes.toml").write_text(toml)
    assert read_mistakes(folder) == ([], [f"double/mistakes.toml: {BROKEN[toml]}"])
    assert load_mistakes(folder) == []


def test_edits_give_a_whole_program(folder: Path) -> None:
    """The solution with the find of each edit replaced, wherever the edits stand."""
    solution = (folder / "solution.py").read_text()
    (folder / "mistakes.toml").write_text(f"[name]\nadvice = 'Add.'\n{EDITS}")
    assert load_mistakes(folder) == [Mistake("name", "Add.", solution.replace("x + x", "x"))]
    assert apply_edits("a b c", [("c", "b"), ("a", "c c")]) == "c c b b"


def test_program_of_its_own_is_a_mistake(folder: Path) -> None:
    """Its advice is the first line of its docstring."""
    (folder / "mistakes").mkdir()
    (folder / "mistakes" / "late.py").write_text('"""Add it twice.\n\nMore.\n"""\n')
    assert [(each.name, each.advice) for each in load_mistakes(folder)][2] == ("late", "Add it twice.")


def test_broken_programs_are_named(folder: Path) -> None:
    """One that does not parse, one without a docstring, and one whose name is in mistakes.toml."""
    (folder / "mistakes").mkdir()
    for name, source in (("broken", "def (:\n"), ("silent", "x = 1\n"), ("squares", '"""Square it."""\n')):
        (folder / "mistakes" / f"{name}.py").write_text(source)
    _, problems = read_mistakes(folder)
    assert problems == [
        "double/mistakes/broken.py: isn't valid Python: invalid syntax, line 1",
        "double/mistakes/silent.py: needs a docstring: it is the advice",
        "double/mistakes/squares.py: is in mistakes.toml as well",
    ]
