"""The practice in a real terminal: saves, keys, sizes, interruption, Ctrl-Z."""

import os
import shutil
import signal
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from interview_prep.catalog.drill import Drill
from interview_prep.paths import ROOT
from tests.support.drills import write_mistake
from tests.support.invoke import INVOKE
from tests.support.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A practice session on causal_mask, whose answer is in the test's folder."""
    opened = Terminal(INVOKE, "--search-root", str(ROOT), "practice", "causal_mask", PREP_WORK=str(tmp_path))
    opened.read_screen("Causal and padding masks")
    yield opened
    opened.close()


def test_save_is_judged_and_q_ends(terminal: Terminal, drill: Drill, tmp_path: Path) -> None:
    """However an editor saves: by writing, or by renaming another file. q exits with 0 and leaves the answer alone."""
    answer, other = tmp_path / "causal_mask.py", tmp_path / "new"
    write_mistake(drill.folder, "hides_itself", answer)
    assert "It may be this: Keep the diagonal" in terminal.read_screen("✗ not yet")
    other.write_text(drill.solution.read_text())
    other.rename(answer)
    screen = terminal.read_screen("✓ complete")
    assert "Follow-ups" in screen
    assert "1 of " in screen
    terminal.press("q")
    assert terminal.wait_for_exit() == 0
    assert answer.read_text() == drill.solution.read_text()


def test_keys_that_arrive_together_are_single_keys(terminal: Terminal) -> None:
    """The escape sequence of Home ends in H, which is not the key h."""
    terminal.press("l\x1b[H")
    terminal.read_screen("k_means", seconds=20)
    terminal.press("hh")
    terminal.read_screen("Hint 2 of 3", seconds=20)


def test_resize_draws_again(terminal: Terminal) -> None:
    """Another width lays the screen out again."""
    terminal.resize(100)
    terminal.read_screen("─" * 100)


def test_interrupt_restores_the_terminal(terminal: Terminal) -> None:
    """Ctrl-C ends the session as q does, the terminal echoes again, and no judge is left."""
    (judge,) = list_children(terminal.pid)
    assert not termios.tcgetattr(terminal.descriptor)[3] & termios.ECHO
    terminal.press("\x03")
    assert terminal.wait_for_exit() == 0
    assert termios.tcgetattr(terminal.descriptor)[3] & termios.ECHO
    assert not Path(f"/proc/{judge}").exists()


@pytest.mark.skipif(not shutil.which("dash"), reason="dash is not installed: a shell that leaves the terminal alone")
def test_ctrl_z_gives_the_terminal_back_and_fg_takes_it(drill: Drill, tmp_path: Path) -> None:
    """Ctrl-Z gives the shell its terminal back as it was; fg takes it again and draws the screen anew."""
    shell = Terminal("dash", "-i", PREP_WORK=str(tmp_path), PS1="$ ", ENV="")
    shell.wait_for("$ ")
    shell.press(f"{INVOKE} --search-root {ROOT} practice causal_mask\n")
    shell.read_screen(drill.title)
    (session,) = list_children(shell.pid)
    for _ in range(2):
        assert not shell.has_shell_mode()
        shell.press("\x1a")
        shell.wait_for("Stopped")
        assert shell.has_shell_mode()
        shell.press("fg\n")
        shell.read_screen(drill.title)
    assert not shell.has_shell_mode()
    os.kill(session, signal.SIGSTOP)  # which no program can prepare for
    shell.wait_for("Stopped")
    shell.press("fg\n")
    shell.read_screen(drill.title)
    shell.press("h")
    shell.read_screen("Hint 1 of 3")
    shell.press("\x1a")
    shell.wait_for("Stopped")
    shell.press("bg\n")  # in the background it may not have the terminal: it stops again
    shell.wait_for("$ ")
    shell.press("fg\n")
    shell.read_screen("Hint 1 of 3")
    shell.press("q")
    shell.wait_for("$ ")
    assert shell.has_shell_mode()
    shell.close()


def list_children(pid: int) -> list[int]:
    """The process ids of a process's children."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
