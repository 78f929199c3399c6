"""Answers and history of these tests are in the test's folder."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the answers."""
    monkeypatch.setenv("PREP_WORK", str(tmp_path))
    return tmp_path
