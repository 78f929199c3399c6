"""Answers are plain files that nothing overwrites."""

from pathlib import Path

import pytest

from interview_prep.catalog.drill import Drill
from interview_prep.practice import workspace


@pytest.fixture(autouse=True)
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace, "WORK", tmp_path / "work")


def test_begin_never_overwrites(drill: Drill) -> None:
    """The first time puts the start there; the second leaves the answer alone."""
    assert workspace.put_start(drill)
    assert workspace.answer_path(drill).read_text() == drill.start.read_text()
    workspace.answer_path(drill).write_text("mine")
    assert not workspace.put_start(drill)
    assert workspace.answer_path(drill).read_text() == "mine"


def test_reset_archives(drill: Drill) -> None:
    """Each reset keeps the answer, also two within a second, and puts the start back."""
    kept = []
    for text in ("first", "second"):
        workspace.put_start(drill)
        workspace.answer_path(drill).write_text(text)
        archived = workspace.archive_answer(drill)
        assert archived
        kept.append(archived)
        assert workspace.answer_path(drill).read_text() == drill.start.read_text()
    assert [path.read_text() for path in kept] == ["first", "second"]


def test_reset_of_nothing(drill: Drill) -> None:
    """Where there is no answer a reset only begins."""
    assert workspace.archive_answer(drill) is None
    assert workspace.answer_path(drill).exists()
