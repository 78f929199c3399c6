"""Where all is as locked a warning fails a test, and in other versions it does not; the log says which it is."""

import shutil
import subprocess
import sys
from pathlib import Path

from interview_prep.paths import ROOT

WARNS = "import warnings\n\ndef test_that_warns(): warnings.warn('soon to be removed', FutureWarning)\n"
PAGE = "```python\nprint(1)\n```\n\n```text\n2\n```\n"


def run_pytest(folder: Path, *changes: tuple[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run pytest on a page and a test that warns, with the project's conftest.py and its pyproject.toml, changed."""
    project = (ROOT / "pyproject.toml").read_text()
    for old, new in changes:
        assert project.count(old) == 1
        project = project.replace(old, new)
    (folder / "pyproject.toml").write_text(project)
    shutil.copy(ROOT / "conftest.py", folder)
    (folder / "tests" / "support").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "support" / "surroundings.py", folder / "tests" / "support")
    (folder / "test_warns.py").write_text(WARNS)
    (folder / "page.md").write_text(PAGE)
    command = [sys.executable, "-m", "pytest", "--tb=line", "page.md", "test_warns.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_as_locked_a_warning_and_another_output_fail(tmp_path: Path) -> None:
    """This environment is the lock's, so nothing in it may differ from what the pages say."""
    done = run_pytest(tmp_path)
    assert "\nas locked: warnings fail tests\n" in done.stdout
    assert "FutureWarning: soon to be removed" in done.stdout
    assert "The block printed:\n1\n" in done.stdout
    assert " 2 failed in " in done.stdout


def test_in_other_versions_neither_fails(tmp_path: Path) -> None:
    """A newer release may warn and word its errors differently; the log says what is newer and what was printed."""
    done = run_pytest(tmp_path, ('"invoke==3.0.3"', '"invoke==2.0.0"'), ('"==3.11.*"', '"==3.10.*"'))
    assert done.returncode == 0, done.stdout
    assert "\nnot as locked, so warnings fail no test: Python 3.11, invoke 3.0.3\n" in done.stdout
    assert "in these versions the block prints '1'\n" in done.stdout
    assert " 1 passed, 1 skipped, 1 warning in " in done.stdout


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    """Whatever else is as locked, tests that warn may do so because of it."""
    done = run_pytest(tmp_path, ('"invoke==3.0.3"', '"no-such-package==1.0"'))
    assert "\nnot as locked, so warnings fail no test: without no-such-package\n" in done.stdout
