"""Drills in containers: the judge where nothing may be written and nothing is reached, and a save from outside."""

import json
from pathlib import Path

from interview_prep.catalog.drill import load_drill
from interview_prep.paths import DRILLS
from tests.container.engine import CPU, LOCKED_DOWN, checkout, run
from tests.support.drills import write_mistake
from tests.support.terminal import Terminal

MASK = load_drill(DRILLS / "attention" / "causal_mask")


def test_verdicts_with_everything_locked(tmp_path: Path) -> None:
    """As a user without a name, read-only, without a network: the solution passes, a mistake is recognised."""
    mistake = write_mistake(MASK.folder, "hides_itself", tmp_path / "mistake.py")
    for answer, code in ((MASK.solution, 0), (mistake, 1)):
        options = (*LOCKED_DOWN, "--user", "12345", "--volume", f"{answer}:/tmp/answer.py:ro")
        done = run(CPU, "invoke", "check", MASK.name, "--answer", "/tmp/answer.py", "--json", options=options)
        assert done.returncode == code, done.stderr
        verdict = json.loads(done.stdout)
        assert verdict["passed"] == (code == 0)
        assert ("Keep the diagonal" in verdict["known_mistake"]) == (code == 1)


def test_save_from_outside_is_judged(tmp_path: Path) -> None:
    """An editor on the host saves into the mounted checkout; the watch loop in the container sees it."""
    with checkout(tmp_path, owner=1001) as copy:
        command = "docker", "compose", "--project-directory", str(copy.folder), "run", "--rm", "lab"
        terminal = Terminal(*command, "invoke", "practice", MASK.name, **copy.environment())
        try:
            terminal.read_screen("Causal and padding masks")
            answer = copy.folder / "work" / f"{MASK.name}.py"
            assert answer.stat().st_uid == copy.owner
            answer.write_text(MASK.solution.read_text())
            terminal.read_screen("✓ complete")
            terminal.press("q")
            assert terminal.wait_for_exit() == 0
        finally:
            terminal.close()
