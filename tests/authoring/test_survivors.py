"""Single changes of a program are the ones that a hasty candidate would make, and the notes on survivors hold.

Left out: whether the drills' checks reject the other changes, which `python -m tests.authoring.survivors` finds out.
"""

import shutil
from pathlib import Path

import pytest

from interview_prep.catalog.drill import load_drill
from interview_prep.catalog.find import load_catalog
from interview_prep.catalog.sources import find_imported_names
from interview_prep.judge.client import JudgeClient
from tests.authoring.program import Program
from tests.authoring.single_changes import find_edits, list_changes
from tests.authoring.survivors import NOTES, Note, format_note, load_notes, read_solution, survey_drill
from tests.support.drills import DOUBLE

CHECKS = '''"""Checks of one number."""

from answer import double


def test_three() -> None:
    """Doubles three."""
    assert double(3) == 6
'''
DRILLS = {drill.name: drill for drill in load_catalog()}


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("x < y", ["x <= y"]),
        ("0 < x <= y", ["-1 < x <= y", "0 <= x <= y", "0 < x < y", "1 < x <= y"]),
        ("x is None", ["x is not None"]),
        ("x - y", ["x + y", "y - x"]),
        ("x // y", ["x / y"]),
        ("x @ y", ["y @ x"]),
        ("n += step", ["n -= step", "n = step", "pass"]),
        ("x and y", ["(x)", "(y)", "x or y"]),
        ("not x", ["(x)"]),
        ("x if y else z", ["x if False else z", "x if True else z"]),
        ("[x for x in y if z]", ["[x for x in y if True]"]),
        ("lambda x=1: x", ["lambda x=0: x", "lambda x=2: x"]),
        ("1e-5", ["-1e-05", "0.0001"]),
        ("0.0", ["1.0"]),
        ("-1", ["-2", "0"]),
        ("True", ["False"]),
        ('float("-inf")', ['("-inf")', 'float("inf")']),
        ("f(x, dim=-1)", ["f(x)", "f(x, dim=-2)", "f(x, dim=0)", "f(x, dim=1)"]),
        ("x.sum(0)", ["x", "x.mean(0)", "x.cumsum(0)", "x.sum(-1)", "x.sum(-2)", "x.sum(1)"]),
        ("x.detach().y()", ["x.y()", "x.detach()"]),
        ("f(x, y)", ["f(y, x)"]),
        ("sorted(x)", ["(x)"]),
        ("max(x)", ["min(x)"]),
        ("x[1:n]", ["x[0:n]", "x[2:n]", "x[:n]", "x[1:]"]),
        ("f()\ng()", ["f()\npass", "g()\nf()", "pass\ng()"]),
        ("for x in y:\n    break", ["for x in y:\n    continue", "for x in y:\n    pass"]),
        ("while x:\n    f()", ["while False:\n    f()", "while x:\n    pass"]),
        ("with f():\n    g()", ["if True:\n    g()", "with f():\n    pass"]),
        ("@f()\ndef g(): ...", ["\ndef g(): ...", "@f()\ndef g(): pass"]),
    ],
)
def test_each_kind_of_change(source: str, changed: list[str]) -> None:
    """Every change that is made, and no other."""
    expression = [change.source for change in list_changes(source) if change.source != "pass"]
    assert sorted(expression) == sorted(text for text in changed if text != "pass")


@pytest.mark.parametrize(
    "source",
    [
        '"""0 < 1"""\nimport x.y',
        'def f(x: list[1 - 2]) -> tuple[0]:\n    """0 < 1"""\n    raise ValueError(f"{x + 1} < 2")',
        "def main():\n    f(1)",
        'if __name__ == "__main__":\n    f(1)',
        "def f():\n    for g in h:\n        return g\n\n\ndef g():\n    return 1",
    ],
    ids=["import", "annotation", "main", "guard", "variable"],
)
def test_what_is_not_changed(source: str) -> None:
    """Docstrings, imports, annotations, messages of errors, and what the checks don't reach; a raise can be dropped."""
    assert [change.replace for change in list_changes(source, ["f"]) if change.replace != "pass"] == []


def test_nothing_is_forgotten_in_text_that_is_not_ascii() -> None:
    """A syntax tree counts bytes, and a comment or a string before the place may have characters of several."""
    assert [change.source for change in list_changes('"²ᵀ" + (x < y)') if change.kind == "comparison"] == [
        '"²ᵀ" + (x <= y)'
    ]


@pytest.mark.parametrize("name", DRILLS)
def test_each_note_is_a_change(name: str) -> None:
    """What a note says survives is still one of the changes of the present solution, and it says why that is right."""
    program = Program(read_solution(DRILLS[name]))
    changed = {program.apply_edit(edit) for _, edit in find_edits(program, find_imported_names(DRILLS[name]))}
    for note in load_notes(name):
        assert program.source.count(note.find) == 1, note
        assert program.source.replace(note.find, note.replace) in changed, note
        assert len(note.why) > 20, note


def test_stale_note_is_no_change() -> None:
    """A note on a line that the solution no longer has, or on two changes at once, is not among the edits."""
    program = Program("def f(x):\n    return x < 1\n")
    changed = {program.apply_edit(edit) for _, edit in find_edits(program)}
    assert program.source.replace("x < 1", "x <= 1") in changed
    assert program.source.replace("x < 1", "x <= 2") not in changed
    assert program.source.replace("y < 1", "y <= 1") not in changed


def test_each_file_of_notes_is_of_a_drill() -> None:
    """A renamed drill takes its notes along."""
    assert {file.stem for file in NOTES.glob("[!.]*")} <= set(DRILLS)


def test_find_and_replace_make_the_change() -> None:
    """Whatever else the program has: a line that occurs twice takes the one above along."""
    source = "def f(x):\n    return x < 1\n\n\ndef g(x):\n    return x < 1\n"
    changes = list_changes(source)
    assert len(changes) == 6
    assert {source.count(change.find) for change in changes} == {1}
    assert [source.replace(change.find, change.replace) for change in changes] == [each.source for each in changes]


def test_survivors_are_listed_until_they_are_noted(judge_client: JudgeClient, tmp_path: Path) -> None:
    """Judged for real: checks of one number accept what keeps it, until a note says that this is right."""
    folder = Path(shutil.copytree(DOUBLE.folder, tmp_path / "golden" / "double"))
    (folder / "test_answer.py").write_text(CHECKS)
    (folder / "solution.py").write_text("def double(x):\n    return x + x + 0\n")
    drill = load_drill(folder)
    survey = survey_drill(drill, [], [judge_client])
    assert [(change.find, change.replace) for change in survey.survivors] == [("return x + x + 0", "return x + x - 0")]
    assert (survey.changes, survey.rejected, survey.noted) == (4, 3, 0)
    note = format_note(survey.survivors[0]).replace("why = ''", "why = 'Adding and subtracting nothing are equal.'")
    (tmp_path / "double.toml").write_text(note)
    assert load_notes("double", tmp_path) == [
        Note("return x + x + 0", "return x + x - 0", "Adding and subtracting nothing are equal.")
    ]
    outdated = Note("return x + x + 0", "return x + x + 1", "Nobody has looked at the numbers.")
    survey = survey_drill(drill, [*load_notes("double", tmp_path), outdated], [judge_client])
    assert (survey.changes, survey.rejected, survey.noted, survey.survivors) == (4, 3, 1, ())
    assert survey.outdated == (outdated,)
