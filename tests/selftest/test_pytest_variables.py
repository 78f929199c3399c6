"""`invoke test` and the warm-up's tests run as they should, whatever variables people set for pytest and Python."""

import os
import subprocess
from pathlib import Path

import pytest

from interview_prep.paths import ROOT
from interview_prep.selftest.run_pytest import TestPathError, run_tests
from tests.support.invoke import INVOKE
from tests.support.small_plan import run_warmup

PYTEST_VARIABLES = {
    "PYTEST_ADDOPTS": "--collect-only -k nothing",
    "PYTEST_PLUGINS": "no_such_plugin",
    "TORCH_LOGS": "nonsense",
    "HYPOTHESIS_STORAGE_DIRECTORY": "/nowhere",
}
PYTHON_VARIABLES = {"PYTHONOPTIMIZE": "2", "PYTHONWARNINGS": "error"}


def test_invoke_test_runs_every_test_of_a_path(tmp_path: Path) -> None:
    """A relative path is one in the folder where it is typed."""
    (tmp_path / "test_sums.py").write_text("def test_one(): assert 1 + 1 == 2\ndef test_two(): assert 1 + 2 == 3\n")
    ended = subprocess.run(
        [INVOKE, "--search-root", str(ROOT), "test", "--path", "test_sums.py"],
        cwd=tmp_path, env={**os.environ, **PYTEST_VARIABLES, **PYTHON_VARIABLES},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "2 passed" in ended.stdout


def test_warmup_runs_its_tests(tmp_path: Path) -> None:
    """The plan's step that runs pytest does so in a fork of a process that has these variables."""
    ended = run_warmup(("Test", "sklearn_notes"), variables={**PYTEST_VARIABLES, "PREP_WORK": str(tmp_path)})
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " passed" in ended.stdout
    assert "deselected" not in ended.stdout


def test_missing_path_is_an_error() -> None:
    """The error says what runs everything; at the door it becomes exit 2."""
    with pytest.raises(TestPathError, match=r"No file or folder 'nowhere.py' to test. `invoke test` runs everything"):
        run_tests("nowhere.py::test_it")
