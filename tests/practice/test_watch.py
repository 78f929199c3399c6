"""The watch loop in a real terminal: saves, keys, sizes, interruption."""

import contextlib
import os
import pty
import re
import select
import signal
import sqlite3
import struct
import termios
import time
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path

import pytest

from interview_prep.environment import ROOT
from interview_prep.judge.drill import Drill
from tests.practice.conftest import INVOKE

KEYS = "n next   p prompt   h hint   l list   s solution   r reset   q quit"


class Terminal:
    """`invoke practice` in a pseudo-terminal of 80 columns."""

    def __init__(self, work: Path, *arguments: str) -> None:
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            environment = {
                **os.environ,
                "PREP_WORK": str(work),
                "TERM": "xterm-256color",
            }  # readline's COLUMNS is not there
            os.execve(INVOKE, ["invoke", "practice", *arguments], environment)
        self.resize(80)
        self.raw = b""

    def resize(self, columns: int) -> None:
        ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))

    def press(self, key: str) -> None:
        os.write(self.descriptor, key.encode())

    def until(self, text: str, seconds: float = 30) -> str:
        """The screen that begins with the last redraw and holds a text."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.descriptor], [], [], 0.05)[0]:
                with contextlib.suppress(OSError):
                    self.raw += os.read(self.descriptor, 1 << 16)
            screen = plain(self.raw.rpartition(b"\x1b[H")[2])
            if text in screen and KEYS in screen:
                self.raw = b""
                return screen
        pytest.fail(f"{text!r} does not come. There is:\n{plain(self.raw)[-2000:]}")

    def ended(self) -> int:
        with contextlib.suppress(OSError):
            while os.read(self.descriptor, 1 << 16):
                pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def plain(data: bytes) -> str:
    """What a terminal shows: without its control sequences."""
    return re.sub(r"\x1b(\[[0-9;?]*[a-zA-Z]|\]8;.*?\x1b\\)", "", data.decode(errors="ignore")).replace("\r", "")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path, "causal_mask")
    yield opened
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(opened.pid, signal.SIGKILL)
        os.waitpid(opened.pid, 0)
    os.close(opened.descriptor)


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
    terminal.press("s")
    terminal.until("A solution")
    terminal.press("l")
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
    terminal.until("Your answer is kept as")
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
    before = termios.tcgetattr(terminal.descriptor)
    terminal.until("Causal and padding masks")
    worker = children(terminal.pid)
    assert len(worker) == 1
    assert not termios.tcgetattr(terminal.descriptor)[3] & termios.ECHO
    terminal.press("\x03")
    assert terminal.ended() == 0
    assert before[3] & termios.ECHO
    assert not Path(f"/proc/{worker[0]}").exists()


def test_comes_back_to_an_answer(drill: Drill, tmp_path: Path) -> None:
    """Opened on an answer that was begun, it is judged at once."""
    (tmp_path / "causal_mask.py").write_text(drill.solution.read_text())
    terminal = Terminal(tmp_path, "causal_mask")
    terminal.until("20 of 20 checks hold")
    terminal.press("q")
    assert terminal.ended() == 0
    os.close(terminal.descriptor)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
