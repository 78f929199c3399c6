"""What the description promises of interview_prep/ml/: the files, the commands, and that they run from anywhere."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from interview_prep.environment import ROOT

ML = ROOT / "interview_prep" / "ml"
README = (ROOT / "README.md").read_text()
COMMANDS = README.partition("## Single files and tests")[2].partition("```bash\n")[2].partition("```")[0].splitlines()
FILES = re.findall(r"^\| `([\w/]+\.\w+)` \|", README.partition("## File reference")[2], re.MULTILINE)
SCRIPTS = [command.split()[1] for command in COMMANDS if command.startswith("python ")]


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_the_reference_is_there(name: str) -> None:
    """The table is what a person looks a file up in."""
    assert (ML / name).is_file()


def test_every_page_and_script_stands_in_the_reference() -> None:
    """Nothing worth reading is left out of the table."""
    there = {str(path.relative_to(ML)) for path in ML.rglob("*") if path.suffix in (".md", ".py")}
    kept_aside = {name for name in there if re.search("small_models/|test_small_models|test_quick_patterns", name)}
    assert there - kept_aside - {"huggingface/model_for_task.py"} <= set(FILES)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("pytest ")])
def test_every_pytest_command_collects_tests(command: str) -> None:
    """Each command of the README finds what it names; `invoke test` runs them."""
    run = subprocess.run(
        [sys.executable, "-m", *shlex.split(command), "--collect-only", "-q"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert int(re.findall(r"(\d+) tests? collected", run.stdout)[0]) >= 3


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_runs_from_another_folder(script: str, tmp_path: Path) -> None:
    """As a file, with nothing on standard error."""
    run = subprocess.run(
        [sys.executable, str(ROOT / script)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout


def test_every_link_between_pages_leads_to_a_file() -> None:
    """Relative links work in a terminal, in Lab and on the web alike."""
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ML.rglob("*.md")]
        for target in re.findall(r"\]\(([^)#]+)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []
