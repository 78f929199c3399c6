"""Tests that run in forks end as they would in one process, and nothing that goes wrong in a fork is lost."""

import re
import subprocess
import sys
from pathlib import Path

from interview_prep.paths import ROOT

# What collecting does here would leave a thread pool in which the forks hang.
POOL = """
import torch
torch.ones(2000, 2000) @ torch.ones(2000, 2000)
def test_the_pool_can_be_used():
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


def run(folder: Path, *options: str, **sources: str) -> "subprocess.CompletedProcess[str]":
    """Run the plugin on files of these names."""
    for name, source in sources.items():
        (folder / f"test_{name}.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-p", "interview_prep.selftest.forks", *options, str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def test_every_outcome_is_reported(tmp_path: Path) -> None:
    """Passed, failed with its difference, skipped, and an error in a fixture; the exit code is pytest's."""
    done = run(tmp_path, a=MIXED, b=MIXED, c=POOL)
    assert done.returncode == 1
    assert re.search(r"2 failed, 3 passed, 2 skipped, 2 errors", done.stdout), done.stdout
    assert "assert [1, 2] == [1, 3]" in done.stdout
    assert "no such thing" in done.stdout


def test_the_tests_run_in_forks(tmp_path: Path) -> None:
    """Otherwise every other test here would prove nothing: no test's process is the one that collected it."""
    source = "import os\nhere = os.getpid()\ndef test_elsewhere(): assert os.getpid() != here"
    assert run(tmp_path, a=source, b=source).returncode == 0
    (tmp_path / "test_b.py").unlink()
    assert "1 failed" in run(tmp_path).stdout  # a single file gains nothing by a fork


def test_a_fork_that_dies_is_no_success(tmp_path: Path) -> None:
    """Killed for memory, say: the tests that it had cannot be told, and the run fails."""
    source = "import os\ndef test_killed(): os.kill(os.getpid(), 9)"
    assert run(tmp_path, a=source, b=MIXED, c=POOL).returncode not in (0, 5)


def test_the_first_failure_can_be_the_last(tmp_path: Path) -> None:
    """`-x`, as everywhere."""
    done = run(tmp_path, "-x", a=MIXED, b=MIXED)
    assert done.returncode == 1
    assert "1 failed, 1 passed in" in done.stdout
