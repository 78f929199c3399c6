"""What the description promises of interview_prep/ml/: the files, the commands, and that they run from anywhere."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import conftest
from interview_prep.paths import ROOT
from interview_prep.warmup.plan import make_plan
from tests.support.listing import list_files
from tests.support.readme import COMMANDS, PROMISED, README, SCRIPTS

ML = ROOT / "interview_prep" / "ml"
REFERENCE = re.findall(
    r"^\| `([\w/]+\.\w+)` \| .* \| (\d*) ?\|$", README.partition("## File reference")[2], re.MULTILINE
)
FILES = [name for name, _ in REFERENCE]
MINUTES = {name: int(minutes) for name, minutes in REFERENCE if minutes}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_the_reference_is_there(name: str) -> None:
    """The table is what a person looks a file up in."""
    assert (ML / name).is_file()


def test_every_page_and_script_stands_in_the_reference() -> None:
    """Nothing worth reading is left out of the table."""
    there = {str(path.relative_to(ML)) for path in list_files(ML) if path.suffix in (".md", ".py")}
    kept_aside = {name for name in there if re.search("small_models/|test_quick_patterns", name)}
    assert there - kept_aside - {"huggingface/model_for_task.py"} <= set(FILES)


@pytest.mark.parametrize("path", [shlex.split(command)[1] for command in COMMANDS if command.startswith("pytest ")])
def test_every_pytest_command_names_tests(path: str) -> None:
    """What each command of the README selects is among what `./prep test` runs."""
    files = [ROOT / path] if path.endswith(".py") else list_files(ROOT / path, "test_*.py")
    assert sum(file.read_text().count("def test_") for file in files) >= 3
    assert (ROOT / path).is_relative_to(ML)


def test_the_promised_commands_stand_in_the_readme() -> None:
    """As they are written in the description, before any of ours."""
    assert COMMANDS[: len(PROMISED)] == PROMISED


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_runs_from_another_folder(script: str, tmp_path: Path) -> None:
    """With nothing on standard error, and what it writes is not left there."""
    run = subprocess.run(
        [sys.executable, str(ROOT / script)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.count("\n") > 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".md")])
def test_a_sheet_is_read_in_its_minutes(name: str) -> None:
    """230 words a minute and 4 seconds a line of code, within the README's minutes; and enough to fill half of them."""
    page = (ML / name).read_text()
    code = [line for _, block in FENCE.findall(page) for line in block.splitlines() if line.strip()]
    words = re.findall(r"\S*\w\S*", FENCE.sub("", page))
    minutes = len(words) / 230 + len(code) * 4 / 60
    assert MINUTES[name] / 2 < minutes <= MINUTES[name]


def test_the_plan_gives_each_sheet_its_minutes() -> None:
    """Or fewer words would have to do than there are."""
    for step in make_plan(90):
        if step.path.endswith(".md"):
            assert MINUTES[step.path] == step.minutes


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".md")])
def test_every_block_of_a_sheet_is_run_or_is_output(name: str) -> None:
    """A fence in another language, or an indented one, would be code that nobody runs."""
    page = (ML / name).read_text()
    assert {language for language, _ in FENCE.findall(page)} <= {"python", "text"}
    assert page.count("```") == 2 * len(FENCE.findall(page))
    assert len(python_blocks_of(page)) == page.count("```python")


def python_blocks_of(page: str) -> list[str]:
    """By the pattern with which conftest.py finds what it runs."""
    return [match["source"] for match in conftest.BLOCK.finditer(page)]


def test_every_link_between_pages_leads_to_a_file() -> None:
    """Relative links work in a terminal, in Lab and on the web alike."""
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*ROOT.glob("[!.]*.md"), *list_files(ROOT / "docs", "*.md"), *list_files(ML, "*.md")]
        for target in re.findall(r"\]\(([^)#]+)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []
