"""Answers are plain files that nothing overwrites."""

from pathlib import Path

import pytest

from interview_prep.catalog.drill import Drill
from interview_prep.practice import workspace


def test_start_never_overwrites_an_answer(drill: Drill) -> None:
    """The first time puts the start there; the second leaves the answer alone."""
    assert workspace.put_start(drill)
    assert workspace.answer_path(drill).read_text() == drill.start.read_text()
    workspace.answer_path(drill).write_text("mine")
    assert not workspace.put_start(drill)
    assert workspace.answer_path(drill).read_text() == "mine"


def test_archived_answers_are_all_there(drill: Drill) -> None:
    """Each of two within a second, with the start put back each time."""
    copies = []
    for text in ("first", "second"):
        workspace.put_start(drill)
        workspace.answer_path(drill).write_text(text)
        archived = workspace.archive_answer(drill)
        assert archived
        copies.append(archived)
        assert workspace.answer_path(drill).read_text() == drill.start.read_text()
    assert [path.read_text() for path in copies] == ["first", "second"]


def test_archiving_nothing_puts_the_start_there(drill: Drill) -> None:
    """Without an answer there is nothing to archive."""
    assert workspace.archive_answer(drill) is None
    assert workspace.answer_path(drill).exists()


def test_unwritable_work_is_one_line(drill: Drill, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be made is named; the answer that a reset would archive is left alone."""
    (work / "file").write_text("")
    monkeypatch.setenv("PREP_WORK", str(work / "file" / "below"))
    with pytest.raises(workspace.WorkspaceError, match=r"below cannot be written: Not a directory\.$"):
        workspace.put_start(drill)
    with pytest.raises(workspace.WorkspaceError, match="Your answer is left as it was"):
        workspace.archive_answer(drill)


def test_failed_start_puts_the_answer_back(drill: Drill, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that was archived already returns to its place."""
    (work / "causal_mask.py").write_text("mine")

    def fail(_: Drill) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workspace, "write_start", fail)
    with pytest.raises(workspace.WorkspaceError, match="No space left on device"):
        workspace.archive_answer(drill)
    assert (work / "causal_mask.py").read_text() == "mine"
