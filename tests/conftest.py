"""What tests of several rooms ask for: a task, a drill, a warm judge.

The kit's own settings, where a person has made some, are not the tests'.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from interview_prep.catalog.drill import Drill, load_drill
from interview_prep.judge import client
from interview_prep.judge.client import JudgeClient
from interview_prep.paths import DRILLS
from tests.support.drills import DOUBLE
from tests.support.invoke import Invoke, run_task
from tests.support.surroundings import forget

forget("PREP_PORT", "PREP_WORK")
collect_ignore = ["judge/answers", "support/drill_folders"]  # what the judge runs


@pytest.fixture
def task(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Run a task in this process, with answers and history in the test's folder.

    A task that starts a judge gets the one that is warm already.
    """
    monkeypatch.setenv("PREP_WORK", str(tmp_path))
    monkeypatch.setattr(client, "JudgeClient", lambda: contextlib.nullcontext(request.getfixturevalue("judge_client")))
    return run_task


@pytest.fixture
def drill() -> Drill:
    """A drill to try things on."""
    return load_drill(DRILLS / "attention" / "causal_mask")


@pytest.fixture(scope="session")
def judge_client() -> Iterator[JudgeClient]:
    """One warm judge for all tests of a file, as a person's session has one."""
    with JudgeClient() as warm_judge:
        warm_judge.preload_drill(DOUBLE)
        yield warm_judge
