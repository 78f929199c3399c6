"""The only module that prints: lines, views, pages, questions, and with --json one document on standard output.

Left out: what is printed, which each room makes in its own view.py from plain values.
"""

import difflib
import json
import os
import re
import sys
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.theme import Theme

STANDARD_OUTPUT, STANDARD_ERROR = 1, 2
HOME, CLEAR_BELOW, BEGIN_UPDATE, END_UPDATE = "\x1b[H", "\x1b[J", "\x1b[?2026h", "\x1b[?2026l"
THEME = Theme(  # legible on dark and on light backgrounds, unlike rich's cyan and its black boxes
    {
        "markdown.code": "magenta",
        "markdown.code_block": "magenta",
        "markdown.list": "none",
        "markdown.item.number": "bold",
        "markdown.table.border": "dim",
        "markdown.table.header": "bold",
    }
)
LESS_OPTIONS = r"-RFX -PsSpace\: on   b\: back   /\: search   q\: done$"  # instead of a bare colon


class Terminal(Console):
    """Rich's console, except that a closed pipe is left to the door, which chooses the exit code."""

    def on_broken_pipe(self) -> None:
        """Raise it, where rich would end the process with 1."""
        raise BrokenPipeError


class Printer:
    """Prints on standard output. With `json=True` everything but the document of `print_json` goes to standard error.

    `output` is the descriptor that it prints on, for what a child process prints. `console` is rich's console, for what
    draws by itself, such as progress bars.
    """

    def __init__(self, *, json: bool = False) -> None:
        self.output = STANDARD_ERROR if json else STANDARD_OUTPUT
        self._json = json
        self.console = Terminal(stderr=json, highlight=False, theme=THEME)

    def print_line(self, text: str) -> None:
        """Print text as it is, however long its lines are."""
        self.console.print(text, markup=False, soft_wrap=True)

    def print_json(self, content: Any) -> None:
        """Print one JSON document on standard output, if this printer was made with `json=True`; else nothing."""
        if self._json:
            print(json.dumps(content, default=as_plain, indent=2))

    def show_page(self, heading: RenderableType, path: Path, *, paged: bool) -> None:
        """Show a Markdown page below its heading, with `paged` in a pager where there is a terminal."""
        from rich.markdown import Markdown  # here, as most tasks show no page, and start sooner without it

        page = Group(heading, Markdown(with_plain_links(path)))
        if paged and self.console.is_terminal:
            options = os.environ.get("LESS")
            os.environ["LESS"] = f"-R {options}" if options else LESS_OPTIONS  # without -R it prints codes
            with self.console.pager(styles=True):
                self.console.print(page)
        else:
            self.console.print(page)

    def print_view(self, view: RenderableType) -> None:
        """Print what a room's view.py has made."""
        self.console.print(view)

    def redraw(self, view: RenderableType) -> None:
        """Draw it over everything on the terminal, in one write, so that nothing flickers."""
        with self.console.capture() as drawn:
            self.console.print(view)
        text = "".join(f"{line}\x1b[K\n" for line in drawn.get().splitlines())
        sys.stdout.write(f"{BEGIN_UPDATE}{HOME}{text}{CLEAR_BELOW}{END_UPDATE}")
        sys.stdout.flush()

    def show_status(self, text: str) -> None:
        """Say at once what is going on, in the line below, which the next `redraw` overwrites."""
        sys.stdout.write(f"{text}\r")
        sys.stdout.flush()

    def wait_for_enter(self) -> bool:
        """Wait for Enter; return False when the person types q."""
        return self.console.input("\n[dim]Enter: next step   q: stop here[/] ").strip().lower() != "q"

    def show_diff(self, before: str, after: str, names: tuple[str, str]) -> None:
        """Show the changed lines of a text; `names` say what is before and what after."""
        from rich.syntax import Syntax

        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), *names, lineterm="")
        self.console.print(Syntax("\n".join(lines), "diff"))

    def confirm(self, question: str) -> bool:
        """Ask a yes-or-no question. Where nobody is there to answer, the answer is no."""
        return sys.stdin.isatty() and self.console.input(f"{question} \\[y/N] ").strip().lower() == "y"


def with_plain_links(page: Path) -> str:
    """Read a page with only the names of its links to files: few terminals open those, and none in a container."""
    return re.sub(r"(?<![\w)\]])\[([^]]+)\]\([^):]+\)", r"\1", page.read_text(encoding="utf-8"))


def as_plain(value: Any) -> Any:
    """Turn what json.dumps cannot write, dataclasses and paths, into what it can."""
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
