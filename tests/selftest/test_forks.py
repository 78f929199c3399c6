"""Tests in forks have the outcomes that they have in one process, and nothing that goes wrong in a fork is lost."""

import re
import subprocess
import sys
from pathlib import Path

from interview_prep.paths import ROOT

# Without the plugin's limit, collecting this would start a thread pool in which the forks hang.
POOL = """
import torch
torch.ones(2000, 2000) @ torch.ones(2000, 2000)
def test_multiply():
    assert (torch.ones(2000, 2000) @ torch.ones(2000, 2000)).sum() == 2000.0**3
"""
MIXED = """
import pytest
def test_right(tmp_path): (tmp_path / "file").write_text("")
def test_wrong(): assert [1, 2] == [1, 3]
@pytest.mark.skip(reason="because")
def test_skipped(): pass
@pytest.fixture
def broken(): raise OSError("no such thing")
def test_broken(broken): pass
"""


def run_pytest(folder: Path, *options: str, **sources: str) -> "subprocess.CompletedProcess[str]":
    """Run pytest with the plugin on files with these names and sources."""
    for name, source in sources.items():
        (folder / f"test_{name}.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-p", "interview_prep.selftest.forks", *options, str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def test_every_outcome_is_reported(tmp_path: Path) -> None:
    """Passed, failed with its difference, skipped, and an error in a fixture, with pytest's own exit code."""
    done = run_pytest(tmp_path, a=MIXED, b=MIXED, c=POOL)
    assert done.returncode == 1
    assert re.search(r"2 failed, 3 passed, 2 skipped, 2 errors", done.stdout), done.stdout
    assert "assert [1, 2] == [1, 3]" in done.stdout
    assert "no such thing" in done.stdout


def test_each_file_runs_in_a_fork(tmp_path: Path) -> None:
    """Not in the process that collected it; only a single file does, as it would gain nothing."""
    source = "import os\nhere = os.getpid()\ndef test_elsewhere(): assert os.getpid() != here"
    assert run_pytest(tmp_path, a=source, b=source).returncode == 0
    (tmp_path / "test_b.py").unlink()
    assert "1 failed" in run_pytest(tmp_path).stdout


def test_killed_fork_fails_the_run(tmp_path: Path) -> None:
    """As when memory runs out: the outcomes of its tests are unknown."""
    source = "import os\ndef test_killed(): os.kill(os.getpid(), 9)"
    assert run_pytest(tmp_path, a=source, b=MIXED).returncode not in (0, 5)


def test_x_stops_at_the_first_failure(tmp_path: Path) -> None:
    """As pytest does without the plugin."""
    done = run_pytest(tmp_path, "-x", a=MIXED, b=MIXED)
    assert done.returncode == 1
    assert "1 failed, 1 passed in" in done.stdout
