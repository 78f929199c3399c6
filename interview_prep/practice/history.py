"""What was tried and when, in work/history.sqlite3: a row for each event. No task changes or deletes one.

Two terminals may write at once, and kill -9 loses nothing: each event is one transaction. Left out: what follows from
the events, which progress.py derives.
"""

import contextlib
import json
import shlex
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from interview_prep.errors import KitError

Kind = Literal["start", "attempt", "hint", "solution", "give up", "reset"]
MIGRATIONS: tuple[tuple[str, ...], ...] = (  # entry N holds the statements that lead from version N to N + 1
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
    (  # until then a pass meant all checks
        "ALTER TABLE event ADD COLUMN complete INTEGER",
        "UPDATE event SET complete = passed",
    ),
)
ANOTHER_HISTORY = "`export PREP_WORK=FOLDER` starts another history in another folder."
LOCK_SECONDS = 10  # how long another terminal may take to finish its transaction


class HistoryError(KitError):
    """The history cannot be read or written. The text says what to do, and never to remove it."""


class TooNewError(HistoryError):
    """The file was written by a later version of the kit."""


class UnwritableError(HistoryError):
    """The file can be read but not written: a full disk, a read-only folder."""


@dataclass(frozen=True)
class Event:
    """One thing that happened to a drill."""

    at: float  # seconds since 1970, UTC
    drill: str
    kind: Kind
    passed: bool | None  # of an attempt: whether the core held
    complete: bool | None  # of an attempt: whether the edges did as well
    detail_json: str

    @property
    def detail(self) -> dict[str, Any]:
        """The parsed JSON. Only where somebody asks: every redraw goes through all events and needs none of it."""
        detail: dict[str, Any] = json.loads(self.detail_json)
        return detail


class History:
    """The events of one person, in a file that stays open until `close`. Each method raises HistoryError.

    Where the file cannot be written, its events can still be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unwritable: HistoryError | None = None
        try:
            with raise_as_history_error(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                self.database = open_for_writing(path)
        except UnwritableError as error:
            self.unwritable = error
            with raise_as_history_error(path):
                self.database = open_for_reading(path)

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add_event(
        self, drill: str, kind: Kind, *, passed: bool | None = None, complete: bool | None = None, **detail: Any
    ) -> None:
        """Record what has just happened."""
        if self.unwritable:
            raise self.unwritable
        row = (time.time(), drill, kind, passed, complete, json.dumps(detail))
        statement = "INSERT INTO event (at, drill, kind, passed, complete, detail) VALUES (?, ?, ?, ?, ?, ?)"
        with raise_as_history_error(self.path):
            self.database.execute(statement, row)

    def read_events(self, drill: str = "") -> list[Event]:
        """Read all events, or those of one drill, oldest first."""
        query = "SELECT at, drill, kind, passed, complete, detail FROM event WHERE ? IN ('', drill) ORDER BY id"
        with raise_as_history_error(self.path):
            rows = self.database.execute(query, (drill,)).fetchall()
        return [
            Event(at, name, kind, as_bool(passed), as_bool(complete), detail)
            for at, name, kind, passed, complete, detail in rows
        ]


def as_bool(value: int | None) -> bool | None:
    return None if value is None else bool(value)


@contextlib.contextmanager
def raise_as_history_error(path: Path) -> Iterator[None]:
    """Turn what goes wrong with the file into a HistoryError."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain_sqlite_error(path, error) from error
    except TooNewError as error:
        advice = f"Update the kit. {ANOTHER_HISTORY}"
        raise TooNewError(f"{path} is from a later version of the kit. {error} {advice}") from error
    except OSError as error:
        raise UnwritableError(f"{path} cannot be written: {error.strerror}. Nothing in it is lost.") from error


def explain_sqlite_error(path: Path, error: sqlite3.Error) -> HistoryError:
    """Say what an error of the database means for the person."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code, without its details
    if code == sqlite3.SQLITE_FULL:
        return UnwritableError(f"{path} cannot be written: the disk is full. Free some space; nothing in it is lost.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
        return UnwritableError(
            f"{path} cannot be written: {error}. Is the folder yours, and writable? Nothing is lost."
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return HistoryError(f"{path} is locked by another program. Close it and try again; nothing is lost.")
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        keep = f"Keep it: `mv {shlex.quote(str(path))} {shlex.quote(f'{path}.damaged')}`, and a new one is started."
        return HistoryError(
            f"{path} cannot be used: {error}. {keep} `sqlite3 FILE .recover` may still read the old one."
        )
    return HistoryError(f"{path} cannot be used: {error}.")


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Open the file, made or migrated where it has to be. Raises sqlite3.Error and TooNewError."""
    with contextlib.ExitStack() as on_error:
        database = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)
        on_error.callback(database.close)
        database.execute("PRAGMA synchronous = NORMAL")  # with a WAL only a power failure can lose events
        with contextlib.suppress(sqlite3.OperationalError):  # some file systems have no shared memory
            database.execute("PRAGMA journal_mode = WAL")
        migrate_schema(database)
        on_error.pop_all()
    return database


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open the file without writing to it; an empty history where there is no file, or one without a schema yet."""
    if path.is_file() and path.stat().st_size:
        for mode in ("mode=ro", "mode=ro&immutable=1"):  # the first may have to create files beside it
            database = sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True, timeout=LOCK_SECONDS, isolation_level=None)
            with contextlib.suppress(sqlite3.OperationalError):
                version = check_version(database.execute("PRAGMA user_version").fetchone()[0])
                if version == len(MIGRATIONS):
                    return database
                if version:
                    return copy_migrated(database)
            database.close()
    return copy_migrated(None)


def copy_migrated(file: sqlite3.Connection | None) -> sqlite3.Connection:
    """A copy in memory, at this version, of a file that an earlier version wrote; without one an empty history."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    if file:
        with contextlib.closing(file):
            file.backup(database)
    migrate_schema(database)
    return database


def migrate_schema(database: sqlite3.Connection) -> None:
    """Bring the file to this version, even if another process does so too. Raises TooNewError."""
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
    """Return the version. Raises TooNewError where a later kit wrote it."""
    if version > len(MIGRATIONS):
        raise TooNewError(f"It has version {version}, and this kit reads up to {len(MIGRATIONS)}.")
    return version
