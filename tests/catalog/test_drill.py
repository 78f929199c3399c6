"""A folder becomes a Drill, or an error that names everything that is wrong with it."""

import shutil
from pathlib import Path

import pytest

from interview_prep.catalog.drill import DrillError, list_mistakes, load_drill
from interview_prep.catalog.find import list_drill_folders, load_catalog
from interview_prep.catalog.sources import find_imported_names, summarize_mistake
from tests.support.drills import DOUBLE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a good drill."""
    return Path(shutil.copytree(DOUBLE.folder, tmp_path / "golden" / "double"))


def test_broken_drill_is_one_line_with_the_next_command(folder: Path) -> None:
    """The first problem is in the line, all of them in `problems`."""
    (folder / "solution.py").unlink()
    prompt = (folder / "prompt.md").read_text()
    (folder / "prompt.md").write_text(prompt.replace("topic: golden", "topic: silver"))
    with pytest.raises(DrillError) as error:
        load_catalog(folder.parents[1])
    assert error.value.problems == [
        "double/solution.py: missing",
        "double/prompt.md: topic is 'silver' in the folder golden",
    ]
    assert str(error.value) == (
        "double/solution.py: missing. `invoke lint-drills double` says all that is wrong with this drill."
    )


def test_prompt_is_split_into_task_hints_and_the_rest(folder: Path) -> None:
    """Headings that are no section of a prompt belong to the task."""
    front_matter = (folder / "prompt.md").read_text().split("---\n")[1]
    sections = "## Example\n\ndouble(2)\n\n## Hint 1\n\nAdd.\n\n## Follow-ups\n\nHow fast?\n\n## Say aloud\n\nTwice.\n"
    (folder / "prompt.md").write_text(f"---\n{front_matter}---\nDouble it.\n\n{sections}")
    prompt = load_drill(folder).prompt
    assert prompt.task == "Double it.\n\n## Example\n\ndouble(2)"
    assert (prompt.hints, prompt.follow_ups, prompt.say_aloud) == (("Add.",), "How fast?", "Twice.")


def test_what_editors_leave_behind_is_ignored(folder: Path) -> None:
    """Folders and mistakes whose names begin with a dot."""
    shutil.copytree(folder, folder.parent / ".ipynb_checkpoints")
    (folder / "wrong" / "._squares.py").write_text("")
    assert list_drill_folders(folder.parents[1]) == [folder]
    assert [path.name for path in list_mistakes(folder)] == ["first_row.py", "in_place.py", "squares.py"]


def test_sources_say_what_checks_import_and_mistakes_are_about(folder: Path) -> None:
    """A mistake without a docstring, or one that does not parse, is about nothing."""
    assert find_imported_names(load_drill(folder)) == ["double"]
    (folder / "wrong" / "broken.py").write_text("def (:\n")
    (folder / "wrong" / "silent.py").write_text("x = 1\n")
    (folder / "wrong" / "spoken.py").write_text('"""Add it twice.\n\nMore.\n"""\n')
    sentences = [summarize_mistake(folder / "wrong" / f"{name}.py") for name in ("broken", "silent", "spoken")]
    assert sentences == ["", "", "Add it twice."]
