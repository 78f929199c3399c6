"""gpu-check as a plain script, in a process of its own: with torch and the standard library alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

from interview_prep.paths import ROOT

SCRIPT = str(ROOT / "interview_prep" / "gpu" / "gpu_check.py")


def run_python(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    settings = {**os.environ, **environment}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=settings, check=False)


def make_cuda_build(folder: Path) -> str:
    """A torch that its files say is built for CUDA, and that ends any process that imports it."""
    package = folder / "torch"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('torch was imported')\n")
    (package / "version.py").write_text("__version__ = '2.13.0+cu130'\ncuda = '13.0'\nhip = None\n")
    return str(folder)


def test_script_needs_no_package_but_torch(tmp_path: Path) -> None:
    """In a container without a GPU: one line with the container's fix, exit 1, and torch isn't even imported."""
    answer = run_python("-S", SCRIPT, PYTHONPATH=make_cuda_build(tmp_path), PREP_CONTAINER="1")
    assert (answer.returncode, answer.stderr, answer.stdout.count("\n")) == (1, "", 1)
    assert "container" in answer.stdout
    assert "`docker compose up lab-cuda`" in answer.stdout


def test_script_prints_one_json_document(tmp_path: Path) -> None:
    """With the keys that stay: a version, and findings with what, evidence, fix and blocking."""
    document = json.loads(run_python("-S", SCRIPT, "--json", PYTHONPATH=make_cuda_build(tmp_path)).stdout)
    assert (document["version"], document["ready"], len(document["findings"])) == (2, False, 1)
    assert set(document["findings"][0]) == {"what", "evidence", "fix", "blocking"}


def test_wrong_option_is_exit_2() -> None:
    """As with every task."""
    assert run_python("-S", SCRIPT, "--fast").returncode == 2
