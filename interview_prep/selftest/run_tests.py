"""Every test that needs neither network nor Docker, as `invoke test` runs them: on all processors."""

import os
import subprocess
import sys
from pathlib import Path

from invoke.exceptions import Exit

from interview_prep.paths import ROOT
from interview_prep.processes import TESTS, child_environment

PYTEST = ("-c", "pyproject.toml")  # whatever lies beside or above the checkout; run in the checkout


def run_tests(path: str) -> None:
    """Run pytest on a path, or on what pyproject.toml lists; raises Exit with pytest's own code."""
    file = path.partition("::")[0]
    if file and not (Path(file).exists() or (ROOT / file).exists()):
        raise Exit(f"No file or folder {file!r} to test. `invoke test` runs everything.", code=2)
    if file and Path(file).exists():
        path = os.path.relpath(Path(file).resolve(), ROOT) + path[len(file) :]  # pytest misreads [ in an absolute path
    arguments = [path] if path else []
    environment = child_environment(*TESTS, HF_HUB_OFFLINE="1")
    pytest = [sys.executable, "-m", "pytest", *PYTEST, "-p", "interview_prep.selftest.forks"]
    code = subprocess.run([*pytest, *arguments], cwd=ROOT, env=environment, check=False).returncode
    if code:
        raise Exit(code=code)
