"""Answers as plain files in work/: begun from a drill's start, archived by a reset, never overwritten."""

import datetime as dt
from pathlib import Path

from interview_prep.judge.drill import Drill
from interview_prep.paths import read_work

WORK = read_work()


def answer(drill: Drill) -> Path:
    """Where a drill's answer lies, or would."""
    return WORK / f"{drill.name}.py"


def begin(drill: Drill) -> bool:
    """Put the start there unless there is an answer; whether it was put. Raises OSError where it cannot be."""
    WORK.mkdir(parents=True, exist_ok=True)
    try:
        with answer(drill).open("x", encoding="utf-8") as file:
            file.write(drill.start.read_text(encoding="utf-8"))
    except FileExistsError:
        return False
    return True


def reset(drill: Drill) -> Path | None:
    """Move the answer to work/archive/ and put the start in its place; where it went, or None where there was none."""
    archived = None
    if answer(drill).exists():
        now = dt.datetime.now().astimezone()
        archive = WORK / "archive"
        archive.mkdir(exist_ok=True)
        archived = archive / f"{drill.name}.{now:%Y%m%d-%H%M%S.%f}.py"
        answer(drill).rename(archived)
    begin(drill)
    return archived
