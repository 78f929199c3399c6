"""Answers as plain files in work/: put there from a drill's start, archived by a reset, never overwritten."""

import datetime as dt
from pathlib import Path

from interview_prep.catalog.drill import Drill
from interview_prep.errors import KitError
from interview_prep.paths import read_work


class WorkspaceError(KitError):
    """The folder of the answers cannot be written."""


class AnswerError(KitError):
    """There is no file that could be judged."""


def answer_path(drill: Drill) -> Path:
    """Where a drill's answer is, or would be."""
    return read_work() / f"{drill.name}.py"


def put_start(drill: Drill) -> bool:
    """Put the drill's start there unless there is an answer; return whether it was put there. Raises WorkspaceError."""
    try:
        return write_start(drill)
    except OSError as error:
        raise WorkspaceError(f"{read_work()} cannot be written: {error.strerror}.") from error


def write_start(drill: Drill) -> bool:
    """Do what `put_start` does; raises OSError."""
    start, path = drill.start.read_bytes(), answer_path(drill)
    read_work().mkdir(parents=True, exist_ok=True)
    try:
        file = path.open("xb")
    except FileExistsError:
        return False
    try:
        with file:
            file.write(start)
    except OSError:  # half of it would count as an answer from now on
        path.unlink()
        raise
    return True


def read_answer(path: Path, advice: str) -> bytes:
    """Read an answer. Raises AnswerError where it cannot be one, with `advice` where there is nothing at all."""
    if path.is_dir():
        raise AnswerError(f"{path} is a folder, and an answer is a file. Move the folder away, or use --answer FILE.")
    try:
        if path.exists() and not path.is_file():
            raise AnswerError(f"{path} is not a regular file, which an answer has to be.")
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise AnswerError(f"No answer at {path}. {advice}") from None
    except OSError as error:
        raise AnswerError(f"{path} cannot be read: {error.strerror}. Make it yours and readable.") from error


def archive_answer(drill: Drill) -> Path | None:
    """Move the answer to work/archive/ and put the start in its place; return where it went, None if there was none.

    Raises WorkspaceError; the answer is then where it was.
    """
    try:
        return swap_answer(drill)
    except OSError as error:
        cause = f"{read_work()} cannot be written: {error.strerror}"
        raise WorkspaceError(f"{cause}. Your answer is left as it was.") from error


def swap_answer(drill: Drill) -> Path | None:
    """Do what `archive_answer` does; raises OSError."""
    archived = None
    if answer_path(drill).exists():
        now = dt.datetime.now().astimezone()
        archive = read_work() / "archive"
        archive.mkdir(exist_ok=True)
        archived = archive / f"{drill.name}.{now:%Y%m%d-%H%M%S.%f}.py"
        answer_path(drill).rename(archived)
    try:
        write_start(drill)
    except OSError:
        if archived:
            archived.rename(answer_path(drill))
        raise
    return archived
