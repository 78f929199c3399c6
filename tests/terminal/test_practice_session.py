"""The watch loop in a real terminal: saves, keys, sizes, interruption."""

import os
import shutil
import signal
import sqlite3
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from interview_prep.catalog.drill import Drill
from interview_prep.paths import ROOT
from tests.support.invoke import INVOKE
from tests.support.terminal import Terminal


def practice(work: Path) -> Terminal:
    return Terminal(INVOKE, "--search-root", str(ROOT), "practice", "causal_mask", PREP_WORK=str(work))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = practice(tmp_path)
    yield opened
    opened.close()


def test_saves_and_keys(terminal: Terminal, drill: Drill, tmp_path: Path) -> None:
    """A save shows its verdict; each key does what it says; q ends with 0 and leaves the answer alone."""
    answer = tmp_path / "causal_mask.py"
    screen = terminal.until("Causal and padding masks")
    assert "causal_mask.py" in screen
    assert "solved" in screen
    answer.write_text((drill.folder / "wrong/hides_itself.py").read_text())
    assert "This looks like: Keep the diagonal" in terminal.until("12 of 20 checks hold")
    terminal.press("h")
    assert "Hint 2" not in terminal.until("Hint 1 of 3")
    replaced = tmp_path / "new"
    replaced.write_text(drill.solution.read_text())
    replaced.rename(answer)  # as many an editor saves
    screen = terminal.until("20 of 20 checks hold")
    assert "Follow-ups" in screen
    assert "1 of " in screen
    terminal.press("\x1b[H")  # the key Home is no h
    terminal.press("s")
    terminal.until("A solution")
    terminal.press("pl")  # two keys at once are two keys
    assert "bpe" in terminal.until("solved")
    terminal.press("n")
    terminal.until("level")
    assert len(list(tmp_path.glob("*.py"))) == 2
    terminal.press("q")
    assert terminal.ended() == 0
    assert answer.read_text() == drill.solution.read_text()


def test_asks_before_it_gives_up_or_resets(terminal: Terminal, tmp_path: Path) -> None:
    """s and r want a second press; another key in between forgets the first."""
    answer = tmp_path / "causal_mask.py"
    terminal.until("Causal and padding masks")
    answer.write_text("mine = 1\n")
    terminal.until("It defines no build_mask")
    terminal.press("r")
    terminal.until("r again: yes")
    terminal.press("p")
    terminal.until("Causal and padding masks")
    terminal.press("s")
    terminal.until("Give up, and see a solution?")
    terminal.press("r")
    terminal.until("r again: yes")
    assert answer.read_text() == "mine = 1\n"
    terminal.press("r")
    terminal.until("Your answer is saved as")
    assert [path.read_text() for path in (tmp_path / "archive").iterdir()] == ["mine = 1\n"]
    terminal.press("s")
    terminal.until("Give up, and see a solution?")
    terminal.press("s")
    terminal.until("A solution")
    kinds = sqlite3.connect(tmp_path / "history.sqlite3").execute("SELECT kind FROM event").fetchall()
    assert [kind for (kind,) in kinds] == ["start", "attempt", "reset", "give up"]


def test_answer_that_never_ends(terminal: Terminal, drill: Drill, tmp_path: Path) -> None:
    """A loop without end becomes a sentence, and the next save is judged as ever."""
    terminal.until("Causal and padding masks")
    (tmp_path / "causal_mask.py").write_text("while True:\n    pass\n")
    terminal.until("It takes more than 10 s while it is imported.")
    (tmp_path / "causal_mask.py").write_text(drill.solution.read_text())
    terminal.until("20 of 20 checks hold")


def test_deleted_and_written_again(terminal: Terminal, drill: Drill, tmp_path: Path) -> None:
    """A file that is gone for a while, as in a slow save, is waited for."""
    terminal.until("Causal and padding masks")
    (tmp_path / "causal_mask.py").unlink()
    time.sleep(0.3)
    (tmp_path / "causal_mask.py").write_text(drill.solution.read_text())
    terminal.until("20 of 20 checks hold")


def test_size(terminal: Terminal) -> None:
    """Another width lays the screen out again."""
    terminal.until("Causal and padding masks")
    terminal.resize(100)
    terminal.until("─" * 100)


def test_interrupt_restores_the_terminal(terminal: Terminal) -> None:
    """Ctrl-C ends the loop as q does, the terminal echoes again, and no judge is left."""
    terminal.until("Causal and padding masks")
    worker = children(terminal.pid)
    assert len(worker) == 1
    assert not termios.tcgetattr(terminal.descriptor)[3] & termios.ECHO
    terminal.press("\x03")
    assert terminal.ended() == 0
    assert termios.tcgetattr(terminal.descriptor)[3] & termios.ECHO
    assert not Path(f"/proc/{worker[0]}").exists()


@pytest.mark.skipif(not shutil.which("dash"), reason="dash is not installed: a shell that leaves the terminal alone")
def test_stops_and_goes_on(drill: Drill, tmp_path: Path) -> None:
    """Ctrl-Z gives the shell its terminal back as it was; fg takes it again and draws the screen anew."""
    shell = Terminal("dash", "-i", PREP_WORK=str(tmp_path), PS1="$ ", ENV="")
    shell.wait_for("$ ")
    shell.press(f"{INVOKE} --search-root {ROOT} practice causal_mask\n")
    shell.until(drill.title)
    (practice,) = children(shell.pid)
    for _ in range(2):
        assert not shell.is_as_a_shell_expects()
        shell.press("\x1a")
        shell.wait_for("Stopped")
        assert shell.is_as_a_shell_expects()
        shell.press("fg\n")
        shell.until(drill.title)
    assert not shell.is_as_a_shell_expects()
    os.kill(practice, signal.SIGSTOP)  # which nobody can act upon before, only after
    shell.wait_for("Stopped")
    shell.press("fg\n")
    shell.until(drill.title)
    shell.press("h")
    shell.until("Hint 1 of 3")
    shell.press("\x1a")
    shell.wait_for("Stopped")
    shell.press("bg\n")  # in the background it may not have the terminal: it stops again
    shell.wait_for("$ ")
    shell.press("fg\n")
    shell.until("Hint 1 of 3")
    shell.press("q")
    shell.wait_for("$ ")
    assert shell.is_as_a_shell_expects()
    shell.close()


def test_comes_back_to_an_answer(drill: Drill, tmp_path: Path) -> None:
    """Opened on an answer that was begun, it is judged at once."""
    (tmp_path / "causal_mask.py").write_text(drill.solution.read_text())
    terminal = practice(tmp_path)
    terminal.until("20 of 20 checks hold")
    terminal.press("q")
    assert terminal.ended() == 0
    terminal.close()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
