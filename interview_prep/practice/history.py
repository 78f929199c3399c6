"""What was tried and when, in work/history.sqlite3: one row an event. Nothing is ever changed or deleted.

Safe under two terminals and kill -9: each event is one transaction. Left out: what follows from the events, which their
readers derive.
"""

import contextlib
import json
import shlex
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from interview_prep.errors import KitError

Kind = Literal["start", "attempt", "hint", "solution", "give up", "reset"]
MIGRATIONS: tuple[tuple[str, ...], ...] = (  # the statements from the version that is its index to the next
    (
        """
        CREATE TABLE event (
            id INTEGER PRIMARY KEY,
            at REAL NOT NULL,          -- seconds since 1970, UTC
            drill TEXT NOT NULL,
            kind TEXT NOT NULL,        -- start, attempt, hint, solution, give up, reset
            passed INTEGER,            -- of an attempt
            detail TEXT NOT NULL       -- JSON; of an attempt: verdict, seconds since the start, hints seen, sha256
        )
        """,
        "CREATE INDEX event_of_drill ON event (drill, at)",
    ),
)
BESIDE = "`export PREP_WORK=FOLDER` begins another history in another folder."
WAIT = 10  # seconds for another terminal to finish its transaction


class HistoryError(KitError):
    """The history cannot be read or written. The text says what to do, and never to remove it."""


class TooNewError(HistoryError):
    """The file was written by a later version of the kit."""


@dataclass(frozen=True)
class Event:
    at: float
    drill: str
    kind: Kind
    passed: bool | None
    detail_json: str  # JSON

    @property
    def detail(self) -> dict[str, Any]:
        """What else was noted; read only where somebody asks, as every redraw goes through all events."""
        found: dict[str, Any] = json.loads(self.detail_json)
        return found


class History:
    """The events of one person, in a file that is open until `close`. Raises HistoryError.

    Where nothing can be written, the events can still be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unwritable: HistoryError | None = None
        try:
            with raise_as_history_error(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                self.database = open_for_writing(path)
        except Unwritable as error:
            self.unwritable = error
            with raise_as_history_error(path):
                self.database = open_for_reading(path)

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add_event(self, drill: str, kind: Kind, *, passed: bool | None = None, **detail: Any) -> None:
        """Note what has just happened."""
        if self.unwritable:
            raise self.unwritable
        row = (time.time(), drill, kind, passed, json.dumps(detail))
        with raise_as_history_error(self.path):
            self.database.execute("INSERT INTO event (at, drill, kind, passed, detail) VALUES (?, ?, ?, ?, ?)", row)

    def read_events(self, drill: str = "") -> list[Event]:
        """All events, or those of one drill, oldest first."""
        query = "SELECT at, drill, kind, passed, detail FROM event WHERE ? IN ('', drill) ORDER BY id"
        with raise_as_history_error(self.path):
            rows = self.database.execute(query, (drill,)).fetchall()
        return [Event(at, name, kind, None if ok is None else bool(ok), more) for at, name, kind, ok, more in rows]


class Unwritable(HistoryError):  # noqa: N818 - as above
    """The file may be read, and cannot be written: a full disk, a read-only folder."""


@contextlib.contextmanager
def raise_as_history_error(path: Path) -> Iterator[None]:
    """Raise what goes wrong with the file as a HistoryError."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain_sqlite_error(path, error) from error
    except TooNewError as error:
        advice = f"Update the kit. {BESIDE}"
        raise TooNewError(f"{path} is from a later version of the kit. {error} {advice}") from error
    except OSError as error:
        raise Unwritable(f"{path} cannot be written: {error.strerror}. Nothing in it is lost.") from error


def explain_sqlite_error(path: Path, error: sqlite3.Error) -> HistoryError:
    """What an error of the database means for the person."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code, without its details
    if code == sqlite3.SQLITE_FULL:
        return Unwritable(f"{path} cannot be written: the disk is full. Make room; nothing in it is lost.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
        return Unwritable(f"{path} cannot be written: {error}. Is the folder yours, and writable? Nothing is lost.")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return HistoryError(f"{path} is held by another program. Close that one, and try again; nothing is lost.")
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        keep = f"Keep it: `mv {shlex.quote(str(path))} {shlex.quote(f'{path}.damaged')}`, and a new one begins."
        return HistoryError(
            f"{path} cannot be used: {error}. {keep} `sqlite3 FILE .recover` may still read the old one."
        )
    return HistoryError(f"{path} cannot be used: {error}.")


def open_for_writing(path: Path) -> sqlite3.Connection:
    with contextlib.ExitStack() as on_error:
        database = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
        on_error.callback(database.close)
        database.execute("PRAGMA synchronous = NORMAL")  # in a WAL nothing is lost but to a power failure
        with contextlib.suppress(sqlite3.OperationalError):  # a file system without shared memory keeps its journal
            database.execute("PRAGMA journal_mode = WAL")
        migrate_schema(database)
        on_error.pop_all()
    return database


def open_for_reading(path: Path) -> sqlite3.Connection:
    """The events that are there; none where there is no file, or one that was just about to be made."""
    if path.is_file() and path.stat().st_size:
        for mode in ("mode=ro", "mode=ro&immutable=1"):  # the first needs files beside it, which may not be made
            database = sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True, timeout=WAIT, isolation_level=None)
            with contextlib.suppress(sqlite3.OperationalError):
                if check_version(database.execute("PRAGMA user_version").fetchone()[0]):
                    return database
            database.close()
    database = sqlite3.connect(":memory:", isolation_level=None)
    migrate_schema(database)
    return database


def migrate_schema(database: sqlite3.Connection) -> None:
    """Bring the file to this version, whoever else is at it; raises TooNew."""
    if check_version(database.execute("PRAGMA user_version").fetchone()[0]) == len(MIGRATIONS):
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        version = check_version(database.execute("PRAGMA user_version").fetchone()[0])
        for migration in MIGRATIONS[version:]:
            for statement in migration:
                database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def check_version(version: int) -> int:
    """The version itself; raises TooNew for one of the future."""
    if version > len(MIGRATIONS):
        raise TooNewError(f"It has version {version}, and this kit reads up to {len(MIGRATIONS)}.")
    return version


@dataclass(frozen=True)
class State:
    """How far a person is with one drill."""

    started_at: float = 0  # when the present answer was begun; 0: not begun
    attempts: int = 0
    hints: int = 0
    solved: bool = False
    gave_up: bool = False

    @property
    def label(self) -> str:
        return "solved" if self.solved else "gave up" if self.gave_up else "begun" if self.started_at else ""


def replay(events: Iterable[Event]) -> dict[str, State]:
    """Each drill's state, from the events since its last reset; what was once solved stays so."""
    found: dict[str, State] = {}
    for event in events:
        now = found.get(event.drill, State())
        found[event.drill] = State(
            started_at=event.at if event.kind in ("start", "reset") else now.started_at or event.at,
            attempts=0 if event.kind == "reset" else now.attempts + (event.kind == "attempt"),
            hints=0 if event.kind == "reset" else now.hints + (event.kind == "hint"),
            solved=now.solved or bool(event.passed),
            gave_up=now.gave_up or event.kind == "give up",
        )
    return found
