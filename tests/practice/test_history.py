"""The history survives kill -9, two terminals at once, and files of other versions."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from interview_prep.paths import ROOT
from interview_prep.practice import history
from interview_prep.practice.history import History, HistoryError, TooNewError
from tests.support.invoke import Invoke

WRITER = """
import sys
from pathlib import Path
from interview_prep.practice.history import History
history = History(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    history.add_event("rope", "attempt", passed=False, number=number)
    print(number, flush=True)
"""  # an event is acknowledged by its number on standard output


def start_writer(path: Path, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITER, str(path), str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_events_are_read_in_order_with_their_details(tmp_path: Path) -> None:
    """All of them, or those of one drill."""
    events = History(tmp_path / "history.sqlite3")
    events.add_event("rope", "start")
    events.add_event("lora", "attempt", passed=True, complete=False, hints=2, code="ab")
    read_again = History(tmp_path / "history.sqlite3").read_events()
    assert [(event.drill, event.kind, event.passed, event.complete, event.detail) for event in read_again] == [
        ("rope", "start", None, None, {}),
        ("lora", "attempt", True, False, {"hints": 2, "code": "ab"}),
    ]
    assert [event.drill for event in events.read_events("lora")] == ["lora"]
    assert abs(read_again[0].at - time.time()) < 60


def test_kill_loses_no_acknowledged_event(tmp_path: Path) -> None:
    """Killed after any number of events, the file opens and holds every event that was acknowledged."""
    path, acknowledged = tmp_path / "history.sqlite3", 0
    for count in (1, 2, 30, 300):
        with start_writer(path, 100_000) as process:
            assert process.stdout
            for _ in range(count):
                process.stdout.readline()
            os.kill(process.pid, signal.SIGKILL)
            acknowledged += count + len(process.stdout.readlines())
        with History(path) as events:
            stored = len(events.read_events())
        assert acknowledged <= stored <= acknowledged + 1  # the last may be stored and not yet acknowledged
        acknowledged = stored
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    """Two processes write at once, from the creation of the file on, and no event is lost."""
    path = tmp_path / "history.sqlite3"
    both = [start_writer(path, 150), start_writer(path, 150)]
    for process in both:
        process.communicate(timeout=60)
    assert [process.returncode for process in both] == [0, 0]
    numbers = sorted(event.detail["number"] for event in History(path).read_events())
    assert numbers == sorted([*range(150), *range(150)])


def test_later_version_migrates_and_this_one_refuses_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later version migrates the file and keeps its rows; this one then refuses it instead of harming it."""
    path = tmp_path / "history.sqlite3"
    History(path).add_event("rope", "start")
    with monkeypatch.context() as later_kit:
        migration = ("ALTER TABLE event ADD COLUMN mood TEXT",)
        later_kit.setattr(history, "MIGRATIONS", (*history.MIGRATIONS, migration))
        assert [event.drill for event in History(path).read_events()] == ["rope"]
    with pytest.raises(TooNewError, match=r"It has version 3, and this kit reads up to 2\."):
        History(path)
    assert sqlite3.connect(path).execute("SELECT count(*) FROM event").fetchone() == (1,)


@pytest.mark.parametrize("writable", [True, False])
def test_pass_of_the_first_version_is_complete(tmp_path: Path, *, writable: bool) -> None:
    """Until there were edges a pass meant that all checks held. A file that can't be written is read all the same."""
    path = tmp_path / "history.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as first_version:
        for statement in history.MIGRATIONS[0]:
            first_version.execute(statement)
        for row in ((1, "rope", "start", None), (2, "rope", "attempt", 0), (3, "rope", "attempt", 1)):
            first_version.execute("INSERT INTO event (at, drill, kind, passed, detail) VALUES (?, ?, ?, ?, '{}')", row)
        first_version.execute("PRAGMA user_version = 1")
        first_version.commit()
    with contextlib.closing(history.open_for_writing(path) if writable else history.open_for_reading(path)) as database:
        rows = database.execute("SELECT passed, complete FROM event").fetchall()
    assert rows == [(None, None), (0, 0), (1, 1)]


def test_failed_migration_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The statements of a migration are one transaction."""
    path = tmp_path / "history.sqlite3"
    History(path).add_event("rope", "start")
    with monkeypatch.context() as later_kit:
        broken = ("ALTER TABLE event ADD COLUMN mood TEXT", "ALTER TABLE absent ADD COLUMN mood TEXT")
        later_kit.setattr(history, "MIGRATIONS", (*history.MIGRATIONS, broken))
        with pytest.raises(HistoryError, match="no such table: absent"):
            History(path)
    assert [event.kind for event in History(path).read_events()] == ["start"]


@pytest.mark.parametrize(
    "arguments",
    ["drills", "drill bpe", "hint bpe", "solution bpe", "solution bpe --give-up", "reset bpe"],
)
def test_task_closes_its_connection(arguments: str, task: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """However a task ends, its one connection is closed, because Python 3.13 warns of an open one."""
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def connect_and_note(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        opened.append(connect(*args, **kwargs))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", connect_and_note)
    task(*arguments.split())
    (database,) = opened
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        database.execute("SELECT 1")


def find_later_python() -> str | None:
    """Find a Python that warns of a connection that nobody closes."""
    on_path = [shutil.which(f"python3.{minor}") for minor in (13, 14)]
    of_pyenv = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.1[3-9].*/bin/python"))
    candidates = (str(python) for python in [*on_path, *of_pyenv] if python)
    return next((each for each in candidates if subprocess.run([each, "-c", ""], check=False).returncode == 0), None)


OPEN_AND_REFUSE = """
import sys
from pathlib import Path
from interview_prep.practice import history
path = Path(sys.argv[1])
with history.History(path) as events:
    events.add_event("rope", "start")
history.MIGRATIONS = ()
try:
    history.History(path)
except history.TooNewError as error:
    print(error)
"""


def test_later_python_warns_of_nothing(tmp_path: Path) -> None:
    """In Python 3.13's development mode nothing is left open, not even where the file is refused."""
    python = find_later_python()
    if not python:
        pytest.skip("no Python 3.13 here: earlier ones do not warn of an open connection")
    options = ["-X", "dev", "-W", "error::ResourceWarning"]
    command = [python, *options, "-c", OPEN_AND_REFUSE, str(tmp_path / "history.sqlite3")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "It has version 2, and this kit reads up to 0. Update the kit." in run.stdout
    assert run.stderr == ""


def test_readers_do_not_wait_for_writers(tmp_path: Path) -> None:
    """The file is in WAL mode."""
    History(tmp_path / "history.sqlite3")
    connection = sqlite3.connect(tmp_path / "history.sqlite3")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
