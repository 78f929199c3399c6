"""A folder becomes a Drill, or an error that names everything that is wrong with it."""

import shutil
from pathlib import Path

import pytest

from interview_prep.catalog.coach import Coach, FollowUp
from interview_prep.catalog.drill import DrillError, load_drill
from interview_prep.catalog.find import list_drill_folders, load_catalog
from interview_prep.catalog.mistakes import load_mistakes
from interview_prep.catalog.sources import find_imported_names
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
        "double/solution.py: missing. `invoke lint-drills double` lists everything that is wrong with this drill."
    )


def test_task_and_coach_are_read_apart(folder: Path) -> None:
    """Other headings belong to the task, or to the section that they stand in."""
    front_matter = (folder / "prompt.md").read_text().split("---\n")[1]
    (folder / "prompt.md").write_text(f"---\n{front_matter}---\nDouble it.\n\n## Example\n\ndouble(2)\n")
    follow_up = "**How\nfast?**\n<details><summary>Answer</summary>\n\nVery.\n\n- Really.\n\n</details>"
    sections = f"## Hint 1\n\nAdd.\n\n## Follow-ups\n\n{follow_up}\n\n## Say aloud\n\nTwice.\n"
    (folder / "coach.md").write_text(sections)
    drill = load_drill(folder)
    assert drill.task == "Double it.\n\n## Example\n\ndouble(2)"
    assert drill.coach == Coach(("Add.",), (FollowUp("How fast?", "Very.\n\n- Really."),), "Twice.")


def test_fields_that_may_be_missing_are_empty(folder: Path) -> None:
    """What comes first, and where the round was reported, stand in the front matter where they are known."""
    assert (load_drill(folder).after, load_drill(folder).reported) == ((), ())
    prompt = (folder / "prompt.md").read_text()
    fields = 'after: [single]\nreported: ["A bank, 2025"]\ntags: []'
    (folder / "prompt.md").write_text(prompt.replace("tags: []", fields))
    assert (load_drill(folder).after, load_drill(folder).reported) == (("single",), ("A bank, 2025",))


def test_what_editors_leave_behind_is_ignored(folder: Path) -> None:
    """Folders and mistakes whose names begin with a dot."""
    shutil.copytree(folder, folder.parent / ".ipynb_checkpoints")
    (folder / "mistakes").mkdir()
    (folder / "mistakes" / "._squares.py").write_text("")
    assert list_drill_folders(folder.parents[1]) == [folder]
    assert [mistake.name for mistake in load_mistakes(folder)] == ["first_row", "in_place", "squares"]


def test_names_that_the_checks_import_are_found(folder: Path) -> None:
    """Those from the answer, and no others."""
    assert find_imported_names(load_drill(folder)) == ["double"]
