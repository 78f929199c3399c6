"""A person's tasks in this process: answers and history in the test's folder, and one warm judge for all of them."""

import contextlib
from pathlib import Path

import pytest

from interview_prep.judge import client
from interview_prep.practice import workspace
from tests.support.invoke import Invoke, run_task


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the answers."""
    monkeypatch.setattr(workspace, "WORK", tmp_path)
    return tmp_path


@pytest.fixture
def task(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Run a task; where it starts a judge, it gets the one that is warm already."""
    monkeypatch.setattr(client, "JudgeClient", lambda: contextlib.nullcontext(request.getfixturevalue("judge_client")))
    return run_task
