"""The everyday tasks import nothing of what interviews are held in, and open no file that they do not show.

How many seconds they take, `invoke bench --only start` says: a test would measure the machine.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from interview_prep.catalog.drill import FILES, Drill
from interview_prep.catalog.find import load_catalog
from interview_prep.paths import DRILLS, ROOT
from tests.support.terminal import Terminal

HEAVY = ("torch", "numpy", "pandas", "sklearn", "scipy", "matplotlib", "transformers", "pytest", "IPython")
WATCHED = """
import json, sys
from invoke.main import program
report, drills, heavy = sys.argv[1:4]
opened = []
def watch(event, args):
    if event == "open" and str(args[0]).startswith(drills):
        opened.append(str(args[0])[len(drills) + 1:])
sys.addaudithook(watch)
try:
    program.run(["invoke", *sys.argv[4:]])
finally:
    with open(report, "w") as file:
        json.dump([sorted(set(opened)), len(opened), sorted(set(heavy.split()) & sys.modules.keys())], file)
"""
PROMPTS = [f"{drill.topic}/{drill.name}/prompt.md" for drill in load_catalog()]
BPE = "text/bpe"
NOT_OPENED = ("start.py", "mistakes.toml")  # by the task; the judge reads mistakes in a process of its own
SOLUTION = str(DRILLS / BPE / "solution.py")


def make_watched_command(report: Path, *arguments: str) -> tuple[str, ...]:
    """The command that runs a task and then writes down what it has opened and imported."""
    return sys.executable, "-c", WATCHED, str(report), str(DRILLS), " ".join(HEAVY), *arguments


@pytest.mark.parametrize(
    ("task", "opens"),
    [
        (["drills"], PROMPTS),
        (["drills", "--json"], PROMPTS),
        (["drill", "bpe"], [f"{BPE}/prompt.md", f"{BPE}/start.py"]),
        (["hint", "bpe"], [f"{BPE}/coach.md", f"{BPE}/prompt.md"]),
        (["solution", "bpe"], [f"{BPE}/prompt.md"]),
        (["solution", "bpe", "--give-up"], [f"{BPE}/coach.md", f"{BPE}/prompt.md", f"{BPE}/solution.py"]),
        (["reset", "bpe"], [f"{BPE}/prompt.md", f"{BPE}/start.py"]),
        (["check", "nothing"], []),
        (["check", "bpe"], [f"{BPE}/prompt.md"]),
        (
            ["check", "bpe", "--answer", SOLUTION],
            [f"{BPE}/{name}" for name in FILES if name not in NOT_OPENED],
        ),
    ],
    ids=lambda value: " ".join(value[:4]).replace(str(DRILLS), ""),
)
def test_task_opens_only_what_it_shows(task: list[str], opens: list[str], tmp_path: Path) -> None:
    """No check, no known mistake and no other drill is opened, and nothing heavy imported."""
    environment = {**os.environ, "PREP_WORK": str(tmp_path / "work")}
    command = make_watched_command(tmp_path / "report", *task)
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode in (0, 2), run.stderr
    opened, count, heavy = json.loads((tmp_path / "report").read_text())
    assert heavy == []
    assert opened == sorted(opens)
    assert count <= 2 * len(opens)


def test_practice_draws_before_the_judge_is_ready(drill: Drill, tmp_path: Path) -> None:
    """The first screen shows the prompt, where there is an answer already too; its verdict comes when it comes."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "causal_mask.py").write_text(drill.solution.read_text())
    command = make_watched_command(tmp_path / "report", "--search-root", str(ROOT), "practice", "causal_mask")
    terminal = Terminal(*command, PREP_WORK=str(tmp_path / "work"))
    assert f"level {drill.level} of 3" in terminal.read_screen(drill.title)
    assert "✓ complete" in terminal.read_screen("Follow-ups")
    terminal.press("q")
    assert terminal.wait_for_exit() == 0
    terminal.close()
    _, _, heavy = json.loads((tmp_path / "report").read_text())
    assert heavy == []
