"""`invoke test` and the warm-up's tests under variables that people set for their own pytest and Python."""

import os
import subprocess
import sys
from pathlib import Path

from interview_prep.paths import ROOT
from tests.support.invoke import INVOKE

VARIABLES = {
    "PYTEST_ADDOPTS": "--collect-only -k nothing",
    "PYTEST_PLUGINS": "no_such_plugin",
    "PYTHONOPTIMIZE": "2",
    "PYTHONWARNINGS": "error",
    "TORCH_LOGS": "nonsense",
    "HYPOTHESIS_STORAGE_DIRECTORY": "/nowhere",
}
ONE_STEP = """
from interview_prep.warmup import runner as warmup
warmup.ML = warmup.ML / "visualization"
warmup.PLANS = {30: (warmup.Step("Test", "", 10),)}
warmup.IMPORTS = {}
warmup.run_warmup(30, yes=True, json=False)
"""


def run(*command: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    settings = {**os.environ, **VARIABLES}
    return subprocess.run(command, cwd=cwd, env=settings, capture_output=True, text=True, check=False)


def test_invoke_test_runs_what_it_says(tmp_path: Path) -> None:
    """Every test of the file runs; a relative path is one in the folder where it is typed."""
    path = os.path.relpath(ROOT / "interview_prep/ml/visualization", tmp_path)
    ended = run(INVOKE, "--search-root", str(ROOT), "test", "--path", path, cwd=tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " passed" in ended.stdout
    assert "deselected" not in ended.stdout


def test_the_warm_up_runs_its_tests() -> None:
    """The step of the plan that runs pytest does, in this process's fork."""
    own = {name: text for name, text in VARIABLES.items() if not name.startswith("PYTHON")}
    ended = subprocess.run(
        [sys.executable, "-c", ONE_STEP],
        cwd=ROOT, env={**os.environ, **own}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " passed" in ended.stdout
    assert "deselected" not in ended.stdout
