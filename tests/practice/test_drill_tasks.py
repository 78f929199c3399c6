"""The drill tasks as a person and a script see them: exit codes, files, JSON, and what is on the screen."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from interview_prep.catalog.drill import Drill
from interview_prep.paths import ROOT
from tests.support.drills import write_mistake
from tests.support.invoke import Invoke


def test_each_task_does_what_it_says_from_first_use_to_solved(task: Invoke, drill: Drill, tmp_path: Path) -> None:
    """Drill, check, hint, solve, solution, reset: each does what it says and exits as it should."""
    answer = tmp_path / "causal_mask.py"
    started = task("drill", "causal_mask")
    assert started.returncode == 0
    assert "Causal and padding masks" in started.stdout
    assert answer.read_text() == drill.start.read_text()

    mistake = write_mistake(drill.folder, "hides_itself", answer).read_text()
    assert task("drill", "causal_mask").returncode == 0
    assert answer.read_text() == mistake

    failed = task("check", "causal_mask")
    assert failed.returncode == 1
    assert "✗ not yet  core " in failed.stdout
    assert "It may be this: Keep the diagonal" in " ".join(failed.stdout.split())
    assert max(map(len, failed.stdout.splitlines())) <= 80

    too_early = task("solution", "causal_mask")
    assert too_early.returncode == 2
    assert "Solve it first (`invoke hint causal_mask` helps)" in too_early.stderr
    assert "Hint 1 of 3" in task("hint", "causal_mask").stdout
    second = task("hint", "causal_mask").stdout
    assert "Hint 1 of 3" in second
    assert "Hint 2 of 3" in second
    assert "Hint 3 of 3" not in second

    answer.write_text(drill.solution.read_text())
    passed = task("check", "causal_mask")
    assert passed.returncode == 0
    assert "✓ complete  " in passed.stdout
    assert "Follow-ups" in passed.stdout
    assert "A solution" in task("solution", "causal_mask").stdout

    assert task("reset", "causal_mask").returncode == 0
    assert answer.read_text() == drill.start.read_text()
    assert [path.read_text() for path in (tmp_path / "archive").iterdir()] == [drill.solution.read_text()]

    rows = sqlite3.connect(tmp_path / "history.sqlite3").execute("SELECT kind, passed, detail FROM event").fetchall()
    assert [kind for kind, _, _ in rows] == ["start", "attempt", "hint", "hint", "attempt", "solution", "reset"]
    assert [passed for _, passed, _ in rows if passed is not None] == [0, 1]
    detail = json.loads(rows[4][2])
    assert detail["hints"] == 2
    assert detail["checks"] > 10
    assert 0 < detail["since_start"] < 600
    assert len(detail["code"]) == 64


def test_json_verdict_on_another_file_is_not_recorded(task: Invoke, drill: Drill, tmp_path: Path) -> None:
    """Standard output has the document and nothing else; the history has no event."""
    mistake = write_mistake(drill.folder, "leaves_nan", tmp_path / "mistake.py")
    failed = task("check", "causal_mask", "--answer", str(mistake), "--json")
    assert failed.returncode == 1
    verdict = json.loads(failed.stdout)
    assert (verdict["version"], verdict["passed"]) == (3, False)
    first = next(check for check in verdict["checks"] if not check["passed"])
    assert (first["kind"], first["got"], first["expected"]) == ("nan", "nan at [0, 0, 0, 0]", "0")
    assert first["call"].startswith("masked_softmax(")
    assert not (tmp_path / "history.sqlite3").exists()
    passed = task("check", "causal_mask", "--answer", str(drill.solution), "--json")
    assert (passed.returncode, json.loads(passed.stdout)["passed"]) == (0, True)


def test_snippet_can_be_copied_whatever_the_width(task: Invoke, drill: Drill, tmp_path: Path) -> None:
    """`--show` prints whole lines; typed into python they end with what the verdict says it got."""
    mistake = write_mistake(drill.folder, "leaves_nan", tmp_path / "mistake.py")
    shown = task("check", "causal_mask", "--answer", str(mistake), "--show").stdout
    snippet = shown.partition("By hand, in `python` from this folder:\n\n")[2]
    assert max(map(len, snippet.splitlines())) > 80
    run = subprocess.run([sys.executable, "-c", snippet], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert "nan" in run.stdout


def test_drills_lists_every_drill_with_its_state(task: Invoke) -> None:
    """Each name is unique and listed once; --topic narrows the list."""
    task("drill", "causal_mask")
    listed = json.loads(task("drills", "--json").stdout)["drills"]
    names = [drill["name"] for drill in listed]
    assert len(names) == len(set(names))
    assert {"causal_mask", "bpe", "k_means"} <= set(names)
    assert {drill["name"] for drill in listed if drill["state"] == "started"} == {"causal_mask"}
    text = json.loads(task("drills", "--topic", "text", "--json").stdout)["drills"]
    assert {drill["topic"] for drill in text} == {"text"}
    assert "bpe" in task("drills", "--topic", "text").stdout


def test_giving_up_opens_the_solution_and_is_recorded(task: Invoke, tmp_path: Path) -> None:
    """The solution opens on giving up, and the history says so."""
    assert "A solution" in task("solution", "bpe", "--give-up").stdout
    kinds = sqlite3.connect(tmp_path / "history.sqlite3").execute("SELECT kind FROM event").fetchall()
    assert kinds == [("give up",)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "causal_maks"], "No drill 'causal_maks', but 'causal_mask'. `invoke drills` lists all"),
        (
            ["check"],
            "Which drill? `invoke drills` lists them all; `invoke practice` opens the first one you haven't solved.",
        ),
        (["check", "--json", "causal_maks"], "No drill 'causal_maks', but 'causal_mask'."),
        (["check", "bpe"], "No answer at"),
        (["check", "bpe", "--answer", "nowhere.py"], "No answer at nowhere.py."),
        (["drills", "--topic", "cooking"], "No topic 'cooking'. There are"),
        (["practice", "bpe"], "Practice needs a terminal. `invoke check NAME` works anywhere."),
        (["lint-drills", "nothing"], "No drill 'nothing'"),
        (["hint", "nothing"], "No drill 'nothing'"),
    ],
)
def test_mistake_is_one_line_and_exit_2(task: Invoke, arguments: list[str], message: str) -> None:
    """The line names what is wrong and the next command."""
    result = task(*arguments)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr


def test_damaged_history_is_named_and_left_as_it_is(task: Invoke, tmp_path: Path) -> None:
    """A file that is not a database ends the task with exit 2."""
    (tmp_path / "history.sqlite3").write_text("no database " * 100)
    result = task("drill", "bpe")
    assert result.returncode == 2
    assert "history.sqlite3 cannot be used: file is not a database." in result.stderr
    assert (tmp_path / "history.sqlite3").read_text() == "no database " * 100
