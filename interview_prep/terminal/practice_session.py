"""The watch loop: save, and know. One screen, single keys, and a verdict each time the answer's file changes.

The file's stat is read two hundred times a second, which `top` shows as two to three percent and works on every mount,
where file events do not arrive from outside many a container. Left out: editing; that is an editor's.
"""

import contextlib
import errno
import os
import re
import select
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from invoke.exceptions import Exit
from rich.console import Group, RenderableType
from rich.text import Text

from interview_prep.catalog.drill import Drill
from interview_prep.console import Printer
from interview_prep.judge.client import JudgeClient, JudgeError
from interview_prep.practice import commands, view, workspace
from interview_prep.practice.history import History, HistoryError, replay
from interview_prep.practice.workspace import AnswerError

TICK = 0.005  # seconds between two looks at the file
ESCAPES = re.compile(r"\x1b(\[[0-9;]*[a-z~]|o[a-z])?")  # what arrows and the like send, in lower case
KEYS = "n next   p prompt   h hint   l list   s solution   r reset   q quit"


class Stamp(NamedTuple):
    """What changes with each save of a file."""

    modified: int  # nanoseconds
    size: int  # bytes
    inode: int


class PracticeSession:
    """What is on the screen, and what each key does to it."""

    def __init__(self, drills: list[Drill], first: Drill, worker: JudgeClient, history: History) -> None:
        self.drills, self.worker = drills, worker
        self.history, self.screen = history, Printer()
        self.asking = ""  # the key that waits for a second press
        self.drawn: os.terminal_size | None = None  # the size of what is on the screen; None: draw it again
        self.open_drill(first)

    def open_drill(self, drill: Drill) -> None:
        """Turn to a drill: its prompt at once, and the verdict next where there is an answer already."""
        self.drill, self.answer = drill, workspace.answer_path(drill)
        commands.begin_drill(drill, self.history)
        self.worker.preload_drill(drill)
        untouched = workspace.read_answer(self.answer, "Who removed it?") == drill.start.read_bytes()
        self.seen = read_stamp(self.answer) if untouched else None
        self.body: RenderableType = view.render_task(drill)

    def has_changed(self) -> bool:
        """Whether the answer was saved since it was judged; an empty file is a save half done."""
        now = read_stamp(self.answer)
        if now == self.seen or now is None or not now.size:
            return False
        self.seen = now
        return True

    def check_answer(self) -> None:
        self.screen.show_status("judging…")
        try:
            verdict, unnoted = commands.judge_and_record(self.drill, self.answer, self.worker, self.history)
        except FileNotFoundError:  # between the two halves of an editor's save
            return
        except OSError as error:
            self.body = Text(f"{self.answer} cannot be read: {error.strerror}.\n", "bold")
            return
        except JudgeError as error:
            self.body = Text(f"{error}\n", "bold")
            return
        shown = view.render_verdict(verdict, self.answer)
        if unnoted:
            shown = Group(shown, Text(unnoted, "bold"))
        self.body = (
            Group(shown, view.render_follow_ups(self.drill), Text("n: the next drill")) if verdict.passed else shown
        )

    def draw_screen(self) -> None:
        self.drawn = os.get_terminal_size()
        now = replay(self.history.read_events())
        bar = view.render_progress(self.drills, now)
        self.screen.redraw(view.render_frame(self.drill, self.answer, bar, self.body, KEYS))

    def draw_again(self) -> None:
        self.drawn = None

    def handle_key(self, key: str) -> bool:
        """Do what a key says, or say why that cannot be done; False to end."""
        try:
            return self.confirm_and_act(key)
        except (HistoryError, AnswerError) as error:
            self.body = Text(f"{error}\n", "bold")
            return True

    def confirm_and_act(self, key: str) -> bool:
        """What cannot be undone wants the key twice."""
        asked, self.asking = self.asking, ""
        if key == "q":
            return False
        if key == "n":
            self.open_drill(self.find_next_drill())
        elif key == "p":
            self.body = view.render_task(self.drill)
        elif key == "l":
            self.body = view.render_catalog(self.drills, replay(self.history.read_events()))
        elif key == "h":
            self.show_next_hint()
        elif key == "s":
            self.show_solution(sure=asked == "s")
        elif key == "r":
            self.reset_answer(sure=asked == "r")
        return True

    def find_next_drill(self) -> Drill:
        """The next drill that is not solved, in the catalogue's order from here."""
        here = [drill.name for drill in self.drills].index(self.drill.name)
        return commands.next_unsolved([*self.drills[here + 1 :], *self.drills[: here + 1]], self.history)

    def show_next_hint(self) -> None:
        more = commands.take_hint(self.drill, self.history)
        seen = commands.read_state(self.drill, self.history).hints
        self.body = Group(
            view.render_hints(self.drill, seen), Text("h: one more" if more else "That was the last one.")
        )

    def show_solution(self, *, sure: bool) -> None:
        if commands.open_solution(self.drill, self.history, give_up=sure):
            self.body = Group(view.render_solution(self.drill), view.render_follow_ups(self.drill))
        else:
            self.asking = "s"
            self.body = Text("Give up, and see a solution? s again: yes. Any other key: no.\n", "bold")

    def reset_answer(self, *, sure: bool) -> None:
        if not sure:
            self.asking, self.body = "r", Text("Archive this answer and begin again? r again: yes.\n", "bold")
            return
        archived = commands.begin_again(self.drill, self.history)
        self.seen = read_stamp(self.answer)
        kept = f"Your answer is kept as {view.short_path(archived)}.\n" if archived else ""
        self.body = Group(Text(kept, "bold"), view.render_task(self.drill))


def read_stamp(path: Path) -> Stamp | None:
    """A file's, or None while there is no such file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return Stamp(found.st_mtime_ns, found.st_size, found.st_ino)


@contextlib.contextmanager
def single_keys(continued: Callable[[], None]) -> Iterator[None]:
    """A terminal that hands over each key as it is pressed and shows none.

    Ctrl-Z gives it back as it was, and `fg` takes it again; then `continued` is called, as the shell has written on it.
    """
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    ours = termios.tcgetattr(sys.stdin)

    def stop(*_: object) -> None:
        if os.getppid() <= 1:  # a container without a shell: nobody could type `fg`
            return
        set_mode(before)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)  # and returns when the process goes on
        go_on()

    def go_on(*_: object) -> None:
        signal.signal(signal.SIGTSTP, stop)
        set_mode(ours)
        continued()

    handlers = {number: signal.signal(number, act) for number, act in ((signal.SIGTSTP, stop), (signal.SIGCONT, go_on))}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        set_mode(before)


def set_mode(mode: list[Any]) -> None:
    """Give the terminal a mode; in the background (`bg`) this stops the process until `fg`, and is tried again."""
    while True:
        try:
            return termios.tcsetattr(sys.stdin, termios.TCSADRAIN, mode)
        except termios.error as error:
            if error.args[0] != errno.EINTR:
                raise


def run_practice(name: str) -> None:
    """Open a drill, or the first that is not solved, and judge it on each save until q."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Exit("Practice needs a terminal. `invoke check NAME` works anywhere.", code=2)
    drills = commands.read_catalog()
    with commands.open_history() as history, contextlib.suppress(KeyboardInterrupt):
        first = commands.find_drill(name) if name else commands.next_unsolved(drills, history)
        with JudgeClient() as worker:
            loop = PracticeSession(drills, first, worker, history)
            with single_keys(loop.draw_again):
                run_session(loop)


def run_session(loop: PracticeSession) -> None:
    """Draw, and wait for a key, a save or another size of the terminal, until q or the end of the input."""
    while True:
        if loop.drawn != os.get_terminal_size():
            loop.draw_screen()
        ready, _, _ = select.select([sys.stdin], [], [], TICK)
        if ready:
            keys = os.read(sys.stdin.fileno(), 64).decode(errors="ignore").lower()
            if not keys or not all(map(loop.handle_key, ESCAPES.sub("", keys))):
                return
            loop.draw_again()
        elif loop.has_changed():
            loop.check_answer()
            loop.draw_again()
