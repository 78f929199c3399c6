"""The task practice: draw the session, wait for a key or a save, and act on it, until q.

The answer's file is looked at two hundred times a second, which `top` shows as two to three percent. That works on
every mount; in many containers events of files never arrive.
"""

import contextlib
import os
import select
import sys

from invoke.exceptions import Exit

from interview_prep.catalog.find import find_drill, load_catalog
from interview_prep.console import Printer
from interview_prep.judge.client import JudgeClient
from interview_prep.practice import actions
from interview_prep.practice.progress import find_next_unsolved
from interview_prep.terminal.keyboard import read_keys, read_single_keys
from interview_prep.terminal.practice_session import PracticeSession

POLL_SECONDS = 0.005  # between two looks at the file


def run_practice(name: str) -> None:
    """Practice a drill, or the first that is not solved, until q. Exits with 2 where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Exit("Practice needs a terminal. `invoke check NAME` works anywhere.", code=2)
    drills = load_catalog()
    with actions.open_history() as history, contextlib.suppress(KeyboardInterrupt):
        first = find_drill(name) if name else find_next_unsolved(drills, history)
        with JudgeClient() as judge:
            Screen(PracticeSession(drills, first, judge, history)).run()


class Screen:
    """What is drawn on the terminal, and when it has to be drawn again."""

    def __init__(self, session: PracticeSession) -> None:
        self.session, self.printer = session, Printer()
        self.drawn_size: os.terminal_size | None = None  # of the terminal when it was drawn; None: draw it again

    def run(self) -> None:
        """Draw, and wait for a key, a save or another size of the terminal, until q or the end of the input."""
        with read_single_keys(on_continue=self.draw_later), contextlib.suppress(EOFError):
            is_open = True
            while is_open:
                if self.drawn_size != os.get_terminal_size():
                    self.draw()
                is_open = self.handle_next_event()

    def draw(self) -> None:
        self.drawn_size = os.get_terminal_size()
        self.printer.redraw(self.session.render())

    def draw_later(self) -> None:
        self.drawn_size = None

    def handle_next_event(self) -> bool:
        """Wait for a key or a save for one tick, and act on it; return False to end. Raises EOFError."""
        has_input, _, _ = select.select([sys.stdin], [], [], POLL_SECONDS)
        if has_input:
            is_open = all(map(self.session.handle_key, read_keys()))
            self.draw_later()
            return is_open
        if self.session.has_new_save():
            self.printer.show_status("judging…")
            self.session.check_answer()
            self.draw_later()
        return True
