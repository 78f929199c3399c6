"""Every test that needs neither network nor Docker, as `invoke test` runs them: on all processors."""

import os
import subprocess
import sys
from pathlib import Path

from invoke.exceptions import Exit

from interview_prep.environment import ROOT


def run(path: str) -> None:
    """Run pytest on a path, or on what pyproject.toml lists; raises Exit with pytest's own code."""
    file = path.partition("::")[0]
    if file and not (Path(file).exists() or (ROOT / file).exists()):
        raise Exit(f"No file or folder {file!r} to test. `invoke test` runs everything.", code=2)
    arguments = (
        [str(Path(file).resolve()) + path[len(file) :]] if file and Path(file).exists() else [path] if path else []
    )
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    pytest = [sys.executable, "-m", "pytest", "-p", "interview_prep.environment.forks"]
    code = subprocess.run([*pytest, *arguments], cwd=ROOT, env=environment, check=False).returncode
    if code:
        raise Exit(code=code)
