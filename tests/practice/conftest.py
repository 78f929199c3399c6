"""A folder of one's own in place of work/, and invoke in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from interview_prep.catalog import drill as drills
from interview_prep.catalog.drill import Drill
from interview_prep.paths import ROOT

INVOKE = str(Path(sys.executable).parent / "invoke")
Invoke = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def invoke(tmp_path: Path) -> Invoke:
    """Run a task whose work/ is the test's folder, 80 columns wide."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        settings = {**os.environ, "PREP_WORK": str(tmp_path), "COLUMNS": "80"}
        return subprocess.run(
            [INVOKE, *arguments],
            cwd=ROOT, env=settings, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip

    return run


@pytest.fixture
def drill() -> Drill:
    """A drill to try things on."""
    return drills.load_drill(drills.DRILLS / "attention" / "causal_mask")
