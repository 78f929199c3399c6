"""All that the kit prints. Everything else returns values; with --json one document is printed and nothing else."""

import difflib
import json
import os
import re
import sys
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType

STANDARD_OUTPUT, STANDARD_ERROR = 1, 2
HOME, CLEAR_BELOW, BEGIN_UPDATE, END_UPDATE = "\x1b[H", "\x1b[J", "\x1b[?2026h", "\x1b[?2026l"
LESS = r"-RFX -PsSpace\: on   b\: back   /\: search   q\: done$"  # instead of a bare colon


class Terminal(Console):
    """Rich's console, which leaves it to the door what an output that nobody reads any more ends with."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class Printer:
    """The terminal. Made with `json=True` it moves everything but `document` to standard error."""

    def __init__(self, *, json: bool = False) -> None:
        self.output = STANDARD_ERROR if json else STANDARD_OUTPUT
        self._json = json
        self.console = Terminal(stderr=json, highlight=False)

    def print_line(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)

    def flush(self) -> None:
        """Leave nothing in a buffer that a forked child would print again."""
        sys.stdout.flush()
        sys.stderr.flush()

    def print_json(self, content: Any) -> None:
        """Print one JSON document on standard output, if this screen was made for it."""
        if self._json:
            print(json.dumps(content, default=_plain, indent=2))

    def show_page(self, heading: RenderableType, path: Path, *, paged: bool) -> None:
        """Show a Markdown page below its heading; paged where somebody is there to turn the pages."""
        from rich.markdown import Markdown  # in functions, as most tasks need neither it nor bars, and start sooner

        page = Group(heading, Markdown(with_absolute_links(path)))
        if paged and self.console.is_terminal:
            os.environ["LESS"] = f"-R {own}" if (own := os.environ.get("LESS")) else LESS  # without -R it prints codes
            with self.console.pager(styles=True):
                self.console.print(page)
        else:
            self.console.print(page)

    def print_view(self, part: RenderableType) -> None:
        self.console.print(part)

    def redraw(self, part: RenderableType) -> None:
        """Put it in place of all that is on the terminal, in one write, so that nothing flickers."""
        with self.console.capture() as drawn:
            self.console.print(part)
        text = "".join(f"{line}\x1b[K\n" for line in drawn.get().splitlines())
        sys.stdout.write(f"{BEGIN_UPDATE}{HOME}{text}{CLEAR_BELOW}{END_UPDATE}")
        sys.stdout.flush()

    def show_status(self, text: str) -> None:
        """Say what goes on in the line below, which the next `replace` overwrites; at once, for somebody waits."""
        sys.stdout.write(f"{text}\r")
        sys.stdout.flush()

    def wait_for_enter(self) -> bool:
        """Wait for Enter; False when the person types q."""
        return self.console.input("\n[dim]Enter: next step   q: stop here[/] ").strip().lower() != "q"

    def show_diff(self, before: str, after: str) -> None:
        """The changed lines of a text."""
        from rich.syntax import Syntax

        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "locked", "on the Hub", lineterm="")
        self.console.print(Syntax("\n".join(lines), "diff", background_color="default"))

    def confirm(self, question: str) -> bool:
        """Ask; nobody there is no."""
        return sys.stdin.isatty() and self.console.input(f"{question} \\[y/N] ").strip().lower() == "y"


def with_absolute_links(page: Path) -> str:
    """A page's text, in which links to files are such as a terminal can open."""

    def absolute(link: "re.Match[str]") -> str:
        return f"]({(page.parent / link[1]).resolve().as_uri()}{link[2] or ''})"

    return re.sub(r"\]\(([^)#:]+)(#[^)]*)?\)", absolute, page.read_text(encoding="utf-8"))


def _plain(value: Any) -> Any:
    """What json.dumps cannot write by itself: dataclasses and paths."""
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
