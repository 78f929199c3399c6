"""Run every test that needs neither network nor Docker, on all processors, whatever the person's pytest settings are.

Left out: running the files side by side, which forks.py does inside pytest.
"""

import os
import subprocess
import sys
from pathlib import Path

from interview_prep.errors import KitError
from interview_prep.paths import ROOT
from interview_prep.processes import TESTS, child_environment

PYTEST_OPTIONS = ("-c", "pyproject.toml")  # not a configuration file beside or above the checkout


class TestPathError(KitError):
    """There is no such file or folder to test."""

    __test__ = False  # pytest collects classes whose names begin with Test


def run_tests(path: str) -> int:
    """Run pytest on a path, or on everything that pyproject.toml lists; the exit code of pytest."""
    file = path.partition("::")[0]
    if file and not (Path(file).exists() or (ROOT / file).exists()):
        raise TestPathError(f"No file or folder {file!r} to test. `invoke test` runs everything.")
    if file and Path(file).exists():
        path = os.path.relpath(Path(file).resolve(), ROOT) + path[len(file) :]  # pytest misreads [ in an absolute path
    command = [sys.executable, "-m", "pytest", *PYTEST_OPTIONS, "-p", "interview_prep.selftest.forks"]
    environment = child_environment(*TESTS, HF_HUB_OFFLINE="1")
    return subprocess.run([*command, *([path] if path else [])], cwd=ROOT, env=environment, check=False).returncode
