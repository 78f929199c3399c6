"""Full disks, damaged histories, what is no answer: nothing is lost, and each answer gets a verdict."""

import json
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from interview_prep.catalog.drill import Drill
from interview_prep.paths import DRILLS, ROOT
from interview_prep.practice import history
from interview_prep.practice.history import History, HistoryError
from tests.support.invoke import INVOKE, Invoke

IN_A_MOUNT = """
set -e
mount -t tmpfs -o size=256k none "$PREP_WORK"
cp "$1" "$PREP_WORK/causal_mask.py"
if [ -f "$2" ]; then cp "$2" "$PREP_WORK/"; fi
if [ "$3" = full ]; then dd if=/dev/zero of="$PREP_WORK/fill" 2>/dev/null || true; fi
if [ "$3" = read-only ]; then mount -o remount,ro "$PREP_WORK"; fi
shift 3
set +e
for arguments; do "$INVOKE" $arguments; echo "exit $?"; done
ls -A "$PREP_WORK"
"""  # the answer, the history, the kind of disk, and the tasks to run; it is gone with its namespace


def run_on(disk: str, work: Path, answer: Path, *tasks: str) -> str:
    """What the tasks print, with their exit codes, where work/ is on such a disk; skips where none can be mounted."""
    mounting = ["unshare", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*mounting, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here: `unshare --map-root-user --mount` is refused")
    (work / "mount").mkdir()
    settings = {**os.environ, "PREP_WORK": str(work / "mount"), "INVOKE": INVOKE, "COLUMNS": "200"}
    return subprocess.run(
        [*mounting, "sh", "-c", IN_A_MOUNT, "sh", str(answer), str(work / "history.sqlite3"), disk, *tasks],
        cwd=ROOT, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True,
    ).stdout  # fmt: skip


def test_full_disk_costs_no_verdict_and_no_answer(tmp_path: Path, drill: Drill) -> None:
    """The verdict is shown with the reason why it was not recorded; nothing is moved or left half written."""
    shown = run_on("full", tmp_path, drill.solution, "check causal_mask", "drill rope", "reset causal_mask")
    check, started, reset, files = shown.split("exit ")
    assert "✓ complete" in check
    file = tmp_path / "mount/history.sqlite3"
    why = f"{file} cannot be written: the disk is full. Free some space; nothing in it is lost."
    says = f"This verdict was not recorded: {why}"
    assert check.rstrip().endswith(says)
    assert started == f"0\n{file.parent} cannot be written: No space left on device.\n"
    assert reset.endswith("No space left on device. Your answer is left as it was.\n")
    assert files.startswith("2\n")
    assert {"causal_mask.py", "fill"} <= set(files.split())
    assert "rope.py" not in files


def test_read_only_work_can_be_read(tmp_path: Path) -> None:
    """The list still says what is solved; what has to be recorded says why that cannot be done."""
    with History(tmp_path / "history.sqlite3") as events:
        events.add_event("causal_mask", "attempt", passed=True)
    shown = run_on("read-only", tmp_path, DRILLS / "attention/causal_mask/solution.py", "drills --json", "hint bpe")
    listed, hint, files = shown.split("exit ")
    assert '"state": "solved"' in listed
    assert "Is the folder yours, and writable? Nothing is lost." in hint
    assert files.startswith("2\n")


def test_locked_history_says_who_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for the other program only for a while; the next event is recorded again."""
    monkeypatch.setattr(history, "LOCK_SECONDS", 0.05)
    events = History(tmp_path / "history.sqlite3")
    holder = sqlite3.connect(tmp_path / "history.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(HistoryError, match="is locked by another program"):
        events.add_event("rope", "start")
    holder.execute("ROLLBACK")
    events.add_event("rope", "start")
    assert [event.kind for event in events.read_events()] == ["start"]


def test_damaged_history_costs_no_verdict(task: Invoke, drill: Drill, tmp_path: Path) -> None:
    """The verdict is given, the damaged file is left as it is, and the advice keeps it."""
    shutil.copyfile(drill.solution, tmp_path / "causal_mask.py")
    file = tmp_path / "history.sqlite3"
    file.write_text("no database " * 100)
    result = task("check", "causal_mask", "--json")
    document = json.loads(result.stdout)
    assert (result.returncode, document["passed"], document["recorded"]) == (0, True, False)
    assert f"Keep it: `mv {file} {file}.damaged`, and a new one is started." in result.stderr
    assert file.read_text() == "no database " * 100


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("mkdir causal_mask.py", "causal_mask.py is a folder, and an answer is a file."),
        ("mkfifo causal_mask.py", "causal_mask.py is not a regular file"),
        ("ln -s causal_mask.py causal_mask.py", "causal_mask.py cannot be read: Too many levels of symbolic links."),
        ("ln -s nowhere causal_mask.py", "No answer at "),
    ],
)
def test_what_is_no_answer_is_named(task: Invoke, tmp_path: Path, command: str, message: str) -> None:
    """One line and exit 2, in work/ and as --answer; nothing is recorded."""
    subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True)
    for options in ([], ["--answer", str(tmp_path / "causal_mask.py")]):
        result = task("check", "causal_mask", *options)
        assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.stderr
        assert message in result.stderr
    assert not (tmp_path / "history.sqlite3").exists()


def test_unreadable_answer_is_named(task: Invoke, tmp_path: Path) -> None:
    """A file that belongs to somebody else is one line and exit 2."""
    (tmp_path / "causal_mask.py").touch(mode=0)
    if os.access(tmp_path / "causal_mask.py", os.R_OK):
        pytest.skip("root may read every file")
    result = task("check", "causal_mask")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "causal_mask.py cannot be read: Permission denied. Make it yours and readable." in result.stderr


def test_answer_of_an_unknown_user_is_missing(task: Invoke) -> None:
    """A ~ that stands for no user is a file that is not there."""
    result = task("check", "causal_mask", "--answer", "~nobody-of-this-name/x.py")
    assert (result.returncode, result.stderr) == (2, "No answer at ~nobody-of-this-name/x.py. Which file is it?\n")
