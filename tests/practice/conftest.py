"""Answers and history of these tests are in the test's folder."""

from pathlib import Path

import pytest

from interview_prep.practice import workspace


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the answers."""
    monkeypatch.setattr(workspace, "WORK", tmp_path)
    return tmp_path
