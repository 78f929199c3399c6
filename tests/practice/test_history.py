"""The history against kill -9, two terminals, other versions and a file that is none."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from interview_prep.paths import ROOT
from interview_prep.practice import history
from interview_prep.practice.history import Event, History, HistoryError, TooNewError
from interview_prep.practice.progress import State, replay

WRITER = """
import sys
from pathlib import Path
from interview_prep.practice.history import History
history = History(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    history.add_event("rope", "attempt", passed=False, number=number)
    print(number, flush=True)
"""


def writer(path: Path, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITER, str(path), str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_events_come_back(tmp_path: Path) -> None:
    """What was noted is read again, in its order, with its details, of all drills or of one."""
    kept = History(tmp_path / "history.sqlite3")
    kept.add_event("rope", "start")
    kept.add_event("lora", "attempt", passed=True, hints=2, code="ab")
    again = History(tmp_path / "history.sqlite3").read_events()
    assert [(event.drill, event.kind, event.passed, event.detail) for event in again] == [
        ("rope", "start", None, {}),
        ("lora", "attempt", True, {"hints": 2, "code": "ab"}),
    ]
    assert [event.drill for event in kept.read_events("lora")] == ["lora"]
    assert abs(again[0].at - time.time()) < 60


def test_kill_loses_nothing_that_was_said(tmp_path: Path) -> None:
    """Killed between any two events, the file opens and holds every event that had been acknowledged."""
    path = tmp_path / "history.sqlite3"
    said = 0
    for seconds in (0.02, 0.05, 0.1, 0.15, 0.2):
        with writer(path, 100_000) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(seconds)
            os.kill(process.pid, signal.SIGKILL)
            said += 1 + len(process.stdout.readlines())
        kept = len(History(path).read_events())
        assert said <= kept <= said + 1  # the last may have been kept and not yet been said
        said = kept
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_two_terminals(tmp_path: Path) -> None:
    """Two processes write at once, from the creation of the file on, and no event is lost."""
    path = tmp_path / "history.sqlite3"
    both = [writer(path, 150), writer(path, 150)]
    for process in both:
        process.communicate(timeout=60)
    assert [process.returncode for process in both] == [0, 0]
    numbers = sorted(event.detail["number"] for event in History(path).read_events())
    assert numbers == sorted([*range(150), *range(150)])


def test_next_version_reads_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later version migrates the file and keeps its rows; this one then refuses it instead of harming it."""
    path = tmp_path / "history.sqlite3"
    History(path).add_event("rope", "start")
    with monkeypatch.context() as later:
        migration = ("ALTER TABLE event ADD COLUMN mood TEXT",)
        later.setattr(history, "MIGRATIONS", (*history.MIGRATIONS, migration))
        assert [event.drill for event in History(path).read_events()] == ["rope"]
    with pytest.raises(TooNewError, match=r"It has version 2, and this kit reads up to 1\."):
        History(path)
    assert sqlite3.connect(path).execute("SELECT count(*) FROM event").fetchone() == (1,)


def test_failed_migration_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that fails halfway leaves the file as it was."""
    path = tmp_path / "history.sqlite3"
    History(path).add_event("rope", "start")
    with monkeypatch.context() as later:
        broken = ("ALTER TABLE event ADD COLUMN mood TEXT", "ALTER TABLE absent ADD COLUMN mood TEXT")
        later.setattr(history, "MIGRATIONS", (*history.MIGRATIONS, broken))
        with pytest.raises(HistoryError, match="no such table: absent"):
            History(path)
    assert [event.kind for event in History(path).read_events()] == ["start"]


CLOSED = """
import sqlite3, sys
from invoke.main import program
opened = []
sys.addaudithook(lambda event, args: event == "sqlite3.connect/handle" and opened.append(args[0]))
try:
    program.run(["invoke", *sys.argv[1:]])
finally:
    for database in opened:
        try:
            database.execute("SELECT 1")
        except sqlite3.ProgrammingError:
            print("closed", file=sys.stderr)
"""


@pytest.mark.parametrize(
    "task",
    [
        ["drills"],
        ["drill", "bpe"],
        ["hint", "bpe"],
        ["solution", "bpe"],
        ["solution", "bpe", "--give-up"],
        ["reset", "bpe"],
    ],
)
def test_every_task_closes_it(task: list[str], tmp_path: Path) -> None:
    """However a task ends, its one connection is closed, which Python 3.13 minds."""
    environment = {**os.environ, "PREP_WORK": str(tmp_path)}
    command = [sys.executable, "-c", CLOSED, *task]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.stderr.splitlines()[-1] == "closed", run.stderr
    assert run.stderr.count("closed") == 1


def later_python() -> str | None:
    """One that warns of a connection that nobody closes."""
    found = [shutil.which(f"python3.{minor}") for minor in (13, 14)]
    kept = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.1[3-9].*/bin/python"))
    runs = (str(python) for python in [*found, *kept] if python)
    return next((each for each in runs if subprocess.run([each, "-c", ""], check=False).returncode == 0), None)


LATER = """
import sys
from pathlib import Path
from interview_prep.practice import history
path = Path(sys.argv[1])
with history.History(path) as kept:
    kept.add_event("rope", "start")
history.MIGRATIONS = ()
try:
    history.History(path)
except history.TooNewError as error:
    print(error)
"""


def test_no_later_python_warns(tmp_path: Path) -> None:
    """Nothing is left open on 3.13 in its development mode, not where the file is refused either."""
    python = later_python()
    if not python:
        pytest.skip("no Python 3.13 here: earlier ones do not warn of an open connection")
    command = [python, "-X", "dev", "-W", "error::ResourceWarning", "-c", LATER, str(tmp_path / "history.sqlite3")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "It has version 1, and this kit reads up to 0. Update the kit." in run.stdout
    assert run.stderr == ""


def test_write_ahead_log(tmp_path: Path) -> None:
    """Readers do not wait for writers: the file is in WAL mode."""
    History(tmp_path / "history.sqlite3")
    connection = sqlite3.connect(tmp_path / "history.sqlite3")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_states() -> None:
    """A reset forgets attempts and hints, never that a drill was solved; giving up is remembered."""

    def event(at: float, kind: history.Kind, *, passed: bool | None = None, drill: str = "rope") -> Event:
        return Event(at, drill, kind, passed, "{}")

    first = [event(1, "start"), event(2, "attempt", passed=False), event(3, "hint"), event(4, "attempt", passed=True)]
    assert replay(first)["rope"] == State(started_at=1, attempts=2, hints=1, solved=True)
    assert replay([*first, event(5, "reset")])["rope"] == State(started_at=5, attempts=0, hints=0, solved=True)
    given_up = [event(1, "start", drill="lora"), event(2, "give up", drill="lora")]
    assert replay(given_up)["lora"].label == "gave up"
    assert replay(first)["rope"].label == "solved"
