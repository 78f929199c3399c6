"""What lint says of a drill's folder without running anything, and what it takes no notice of."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from interview_prep.authoring.folder_lint import list_tracked_files, validate_folder
from interview_prep.catalog.find import list_drill_folders
from interview_prep.catalog.prompt import EDGES
from tests.support.drills import DOUBLE

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


def git(folder: Path, *arguments: str) -> None:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", "-C", str(folder), *arguments], env=settings, check=True, capture_output=True)


@pytest.fixture
def double(tmp_path: Path) -> Path:
    """A copy of a good drill, outside any repository."""
    return Path(
        shutil.copytree(DOUBLE.folder, tmp_path / "golden" / "double", ignore=shutil.ignore_patterns("__pycache__"))
    )


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    """A folder that lacks much says all of it, a line each."""
    folder = tmp_path / "attention" / "broken"
    (folder / "mistakes").mkdir(parents=True)
    (folder / "mistakes" / "silent.py").write_text("x = 1\n")
    (folder / "coach.md").write_text("## Hint 1\n\nA\n")
    (folder / "start.py").write_text("")
    (folder / "prompt.md").write_text(
        "---\ntitle: Broken\ntopic: text\nlevel: 4\nminutes: soon\ntags: []\n---\n## Hint 2\n\nB\n"
    )
    assert list(validate_folder(folder)) == [
        "broken/solution.py: missing",
        "broken/test_answer.py: missing",
        "broken/mistakes.toml: missing",
        "broken/prompt.md: minutes is 'soon', not of type int",
        "broken/prompt.md: forbids is None, not of type list",
        "broken/prompt.md: topic is 'text' in the folder attention",
        "broken/prompt.md: level is 4, not 1, 2 or 3",
        f"broken/mistakes.toml: cannot be read: [Errno 2] No such file or directory: '{folder / 'mistakes.toml'}'",
        "broken/mistakes/silent.py: needs a docstring: it is the advice",
        "broken/mistakes.toml: 1 known mistakes, at least 3 are needed",
        "broken/coach.md: has no section 'Hint 2'",
        "broken/prompt.md: 'Hint 2' spoils the task, and belongs in coach.md",
        *(f"broken/coach.md: has no section {name!r}" for name in ("Hint 3", "Follow-ups", "Say aloud")),
    ]


def test_front_matter_that_is_no_yaml_is_one_line(double: Path) -> None:
    """Where YAML has a paragraph to say, lint and the tasks have a line."""
    (double / "prompt.md").write_text("---\ntitle: [\n---\n")
    (says,) = validate_folder(double)
    assert says.startswith("double/prompt.md: while parsing a flow node")


def test_task_that_takes_too_long_to_read_is_named(double: Path) -> None:
    """One minute is for 12 words; fenced code and what stands below the edges' heading do not count."""
    prompt = (double / "prompt.md").read_text().partition("\n---\n")[0] + "\n---\n"
    code = f"```python\n{'x ' * 50}\n```\n"
    (double / "prompt.md").write_text(f"{prompt}{'word ' * 12}\n\n{code}\n{EDGES}\n\n{'word ' * 50}\n")
    assert list(validate_folder(double)) == []
    (double / "prompt.md").write_text(f"{prompt}{'word ' * 13}\n\n{code}\n{EDGES}\n")
    assert list(validate_folder(double)) == ["double/prompt.md: the task has 13 words, at most 12 can be read in time"]


def test_follow_up_of_another_form_is_named(double: Path) -> None:
    """It would be shown nowhere: only questions with a folded answer are read."""
    coach = (double / "coach.md").read_text()
    (double / "coach.md").write_text(coach.replace("## Say aloud", "- **And then?** Nothing.\n\n## Say aloud"))
    assert list(validate_folder(double)) == [
        "double/coach.md: '- **And then?** Nothing.' in the follow-ups isn't a question with a folded answer"
    ]


@pytest.mark.parametrize("folder", list_drill_folders(), ids=lambda folder: folder.name)
def test_every_drill_is_whole(folder: Path) -> None:
    """Nothing is missing, nothing spoils the task, and it can be read in a tenth of its minutes."""
    assert list(validate_folder(folder)) == []


@needs_git
def test_a_tracked_file_that_does_not_belong_is_named(double: Path) -> None:
    """Only what git tracks can be out of place, a file of a machine's own too; what was deleted is not there."""
    stray = ("notes.txt", ".DS_Store", "mistakes/._squares.py", "mistakes/notes.md", "mistakes/deleted.txt")
    git(double, "init", "-q")
    (double / "mistakes").mkdir()
    for name in stray:
        (double / name).write_text("")
    git(double, "add", "-f", ".")
    (double / "mistakes/deleted.txt").unlink()
    for name in (".x.swp", "untracked.txt", "Thumbs.db"):
        (double / name).write_text("")
    assert list(validate_folder(double)) == [f"double/{name}: does not belong here" for name in sorted(stray[:-1])]


def test_without_a_repository_nothing_is_out_of_place(double: Path) -> None:
    """Where git tracks nothing, or is not there, nobody can say what does not belong."""
    (double / "notes.txt").write_text("")
    assert list_tracked_files(double) is None
    assert list(validate_folder(double)) == []
