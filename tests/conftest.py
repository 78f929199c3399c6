"""What tests of several rooms ask for: a task in a process of its own, a drill, a warm judge.

The kit's own settings, where a person has made some, are not the tests'.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from interview_prep.catalog.drill import Drill, load_drill
from interview_prep.judge.client import JudgeClient
from interview_prep.paths import DRILLS, ROOT
from tests.support.drills import DOUBLE
from tests.support.invoke import INVOKE, Invoke
from tests.support.surroundings import forget

forget("PREP_PORT", "PREP_WORK")
collect_ignore = ["judge/answers", "support/drill_folders"]  # what the judge runs


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
    return load_drill(DRILLS / "attention" / "causal_mask")


@pytest.fixture(scope="session")
def judge_client() -> Iterator[JudgeClient]:
    """One warm judge for all tests of a file, as a person's session has one."""
    with JudgeClient() as client:
        client.preload_drill(DOUBLE)
        yield client
