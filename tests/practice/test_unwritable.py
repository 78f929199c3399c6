"""What a person's disk does to answers and their history: a verdict is given in any case, and nothing is lost."""

import json
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from interview_prep.catalog.drill import Drill
from interview_prep.paths import ROOT
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


def test_full_disk(tmp_path: Path, drill: Drill) -> None:
    """The verdict is given, and it is said that it is not noted; nothing is moved or left half written."""
    shown = run_on("full", tmp_path, drill.solution, "check causal_mask", "drill rope", "reset causal_mask")
    check, begun, reset, files = shown.split("exit ")
    assert "20 of 20 checks hold" in check
    file = tmp_path / "mount/history.sqlite3"
    says = (
        f"This verdict was not recorded: {file} cannot be written: the disk is full. Make room; nothing in it is lost."
    )
    assert check.rstrip().endswith(says)
    assert begun == f"0\n{file.parent} cannot be written: No space left on device.\n"
    assert reset.endswith("No space left on device. Your answer is left as it was.\n")
    assert files.startswith("2\n")
    assert {"causal_mask.py", "fill"} <= set(files.split())
    assert "rope.py" not in files


def test_read_only_work(tmp_path: Path, drill: Drill) -> None:
    """The catalog still says what is solved, and a verdict that it is not noted."""
    kept = History(tmp_path / "history.sqlite3")
    kept.add_event("causal_mask", "attempt", passed=True)
    kept.database.close()
    shown = run_on("read-only", tmp_path, drill.folder / "wrong/hides_itself.py", "drills --json", "check causal_mask")
    listed, check, files = shown.split("exit ")
    assert '"state": "solved"' in listed
    assert "12 of 20 checks hold" in check
    assert "This verdict was not recorded: " in check
    assert "Is the folder yours, and writable? Nothing is lost." in check
    assert files.startswith("1\n")


def test_a_history_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for ever, and the way out is named."""
    monkeypatch.setattr(history, "LOCK_SECONDS", 0.05)
    kept = History(tmp_path / "history.sqlite3")
    holder = sqlite3.connect(tmp_path / "history.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(HistoryError, match="is held by another program"):
        kept.add_event("rope", "start")
    holder.execute("ROLLBACK")
    kept.add_event("rope", "start")
    assert [event.kind for event in kept.read_events()] == ["start"]


def test_verdict_beside_a_history_that_is_none(invoke: Invoke, drill: Drill, tmp_path: Path) -> None:
    """A damaged file costs no verdict, is left as it is, and the advice keeps it."""
    shutil.copyfile(drill.solution, tmp_path / "causal_mask.py")
    (tmp_path / "history.sqlite3").write_text("no database " * 100)
    checked = invoke("check", "causal_mask", "--json")
    document = json.loads(checked.stdout)
    assert (checked.returncode, document["passed"], document["recorded"]) == (0, True, False)
    file = tmp_path / "history.sqlite3"
    assert f"Keep it: `mv {file} {file}.damaged`, and a new one is started." in checked.stderr
    assert file.read_text() == "no database " * 100


@pytest.mark.parametrize(
    ("make", "says"),
    [
        ("mkdir causal_mask.py", "causal_mask.py is a folder, and an answer is a file."),
        ("mkfifo causal_mask.py", "causal_mask.py is not a plain file"),
        ("ln -s causal_mask.py causal_mask.py", "causal_mask.py cannot be read: Too many levels of symbolic links."),
        ("ln -s nowhere causal_mask.py", "No answer at "),
    ],
)
def test_what_is_no_answer(invoke: Invoke, tmp_path: Path, make: str, says: str) -> None:
    """One line that names it, exit 2, nothing noted; in work/ and as --answer."""
    subprocess.run(["sh", "-c", make], cwd=tmp_path, check=True)
    for options in ([], ["--answer", str(tmp_path / "causal_mask.py")]):
        ended = invoke("check", "causal_mask", *options)
        assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1), ended.stderr
        assert says in ended.stderr
    assert not (tmp_path / "history.sqlite3").exists()


def test_an_answer_that_may_not_be_read(invoke: Invoke, tmp_path: Path) -> None:
    """Somebody else's file."""
    (tmp_path / "causal_mask.py").touch(mode=0)
    if os.access(tmp_path / "causal_mask.py", os.R_OK):
        pytest.skip("root may read every file")
    ended = invoke("check", "causal_mask")
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "causal_mask.py cannot be read: Permission denied. Make it your own, and readable." in ended.stderr


def test_an_answer_of_nobody(invoke: Invoke) -> None:
    """A ~ that stands for no user is a file that is not there."""
    ended = invoke("check", "causal_mask", "--answer", "~nobody-of-this-name/x.py")
    assert (ended.returncode, ended.stderr) == (2, "No answer at ~nobody-of-this-name/x.py. Which file is it?\n")
