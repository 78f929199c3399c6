"""Lab, macOS, Windows and editors write files into every folder. No task and no collection of tests takes notice."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from interview_prep.paths import DRILLS, ROOT
from tests.support.drills import write_mistake
from tests.support.invoke import INVOKE

APPLE_DOUBLE = b"\0\5\x16\7\0\2\0\0Mac OS X        \0\xff\xfe"
LEFT_BEHIND = {
    **dict.fromkeys((".DS_Store", "._x", "._x.md", "._x.py", "._prompt.md", "._test_x.py"), APPLE_DOUBLE),
    **dict.fromkeys((".x.swp", ".#x.py", "#x.py#", "x.py~", "x.md~", "Thumbs.db", "desktop.ini"), b"\0\xff"),
    "__pycache__/x.cpython-311.pyc": b"\0",
    ".ipynb_checkpoints/prompt-checkpoint.md": b"```python\n1 / 0\n```\n",
    ".ipynb_checkpoints/test_x-checkpoint.py": b"def test_x():\n    assert False\n",
    ".ipynb_checkpoints/x-checkpoint.py": b"1 / 0\n",
}
NOT_COPIED = shutil.ignore_patterns(".venv", ".git", "work", "__pycache__", ".ipynb_checkpoints", ".*_cache")
SHEETS = "not script and not pytest_command"  # the tests of the material that start no process


@pytest.fixture(scope="module")
def sown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with all of these in each folder, and what git leaves of removed drills."""
    copy = Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("sown") / "kit", ignore=NOT_COPIED))
    drills = copy / "interview_prep" / "drills"
    for removed in (drills / "attention" / "removed" / "mistakes", drills / "removed_topic" / "removed", copy / "work"):
        removed.mkdir(parents=True)
    for folder, _, _ in list(os.walk(copy)):
        for name, content in LEFT_BEHIND.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
    return copy


def run(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name != "PREP_WORK"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


def test_drills_are_the_same(sown: Path) -> None:
    """The list of drills, to the letter."""
    assert json.loads(run(sown, INVOKE, "drills", "--json").stdout) == json.loads(
        run(ROOT, sys.executable, "-c", LISTING).stdout
    )


LISTING = """
import json
from interview_prep.catalog.find import load_catalog
names = "title", "topic", "level", "minutes", "forbids", "tags", "after", "reported"
rows = [{"name": each.name, **{name: getattr(each, name) for name in names}, "state": "new"} for each in load_catalog()]
print(json.dumps({"version": 3, "drills": rows}))
"""


@pytest.mark.parametrize(
    ("task", "says"),
    [
        (["drill", "bpe"], "Byte-pair encoding"),
        (["hint", "bpe"], "Hint 1 of 3"),
        (["solution", "bpe", "--give-up"], "A solution"),
        (["reset", "bpe"], "is the start again"),
        (["models"], "sentiment"),
    ],
)
def test_tasks_take_no_notice(sown: Path, task: list[str], says: str) -> None:
    """Each says what it always says."""
    answer = run(sown, INVOKE, *task)
    assert "Traceback" not in answer.stderr
    assert says in answer.stdout
    assert answer.returncode == (1 if task == ["models"] else 0), answer.stderr  # no weights: 1


def test_a_wrong_answer_is_compared_with_the_mistakes_alone(sown: Path) -> None:
    """The judge learns every known mistake for this, and none of the files beside them."""
    mistake = write_mistake(DRILLS / "attention" / "causal_mask", "hides_itself", sown / "hides_itself.py")
    answer = run(sown, INVOKE, "check", "causal_mask", "--answer", str(mistake))
    assert answer.returncode == 1, answer.stderr
    assert "It may be this: Keep the diagonal" in " ".join(answer.stdout.split())


def test_lint_holds_without_git_and_says_what_it_has_not_checked(sown: Path) -> None:
    """A copy of the checkout without its .git, as a download or an image is one."""
    answer = run(sown, INVOKE, "lint-drills", "scaled_dot_product_attention")
    assert answer.returncode == 0, answer.stdout
    assert "Not checked: files that do not belong in a drill." in answer.stdout


def test_none_of_them_is_collected(sown: Path) -> None:
    """Not with the sheets, the examples, the tests of the kit or the checks of the drills."""
    folders = (
        "interview_prep/ml/reference",
        "interview_prep/drills/attention",
        "tests/repository",
    )
    answer = run(sown, sys.executable, "-m", "pytest", "--collect-only", "-q", *folders)
    files = set(re.findall(r"^(\S+?)::", answer.stdout, re.MULTILINE))
    for folder in folders:
        assert any(file.startswith(folder) for file in files), answer.stdout[-3000:]
    assert {file for file in files if Path(file).name in map(os.path.basename, LEFT_BEHIND)} == set()


def test_tests_that_list_folders_hold(sown: Path) -> None:
    """Those of the sheets, of the agreement of files, of the workflows."""
    names = ("ml/test_material", "repository/test_agreement", "repository/test_workflows")
    files = [f"tests/{name}.py" for name in names]
    answer = run(sown, sys.executable, "-m", "pytest", "-q", "-k", SHEETS, *files)
    assert answer.returncode == 0, answer.stdout[-3000:]
