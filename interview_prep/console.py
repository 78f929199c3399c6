"""All that the kit prints. Everything else returns values; with --json one document is printed and nothing else."""

import contextlib
import difflib
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table

if TYPE_CHECKING:
    from benchmarks.run_benchmarks import Row
    from interview_prep.gpu.report import Report
    from interview_prep.warmup.runner import Step, StepResult
    from interview_prep.weights.fetch import Download

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
        self._console = Terminal(stderr=json, highlight=False)

    def print_line(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)

    def flush(self) -> None:
        """Leave nothing in a buffer that a forked child would print again."""
        sys.stdout.flush()
        sys.stderr.flush()

    def print_json(self, content: Any) -> None:
        """Print one JSON document on standard output, if this screen was made for it."""
        if self._json:
            print(json.dumps(content, default=_plain, indent=2))

    def render_heading(self, step: "Step", number: str, done: int, total: int) -> RenderableType:
        """What heads a step of the warm-up: what to do, its time box, and how far the plan is."""
        title = f"[bold]{number}  {step.verb} {step.path or 'interview_prep/ml'}[/]  ·  {step.minutes} min"
        progress = Table.grid(padding=(0, 1))
        progress.add_row(ProgressBar(total, done, width=30), f"{done} of {total} min done")
        return Group(Rule(), title, progress, "")

    def show_page(self, heading: RenderableType, path: Path, *, paged: bool) -> None:
        """Show a Markdown page below its heading; paged where somebody is there to turn the pages."""
        from rich.markdown import Markdown  # in functions, as most tasks need neither it nor bars, and start sooner

        page = Group(heading, Markdown(with_absolute_links(path)))
        if paged and self._console.is_terminal:
            os.environ["LESS"] = f"-R {own}" if (own := os.environ.get("LESS")) else LESS  # without -R it prints codes
            with self._console.pager(styles=True):
                self._console.print(page)
        else:
            self._console.print(page)

    def print_view(self, part: RenderableType) -> None:
        self._console.print(part)

    def redraw(self, part: RenderableType) -> None:
        """Put it in place of all that is on the terminal, in one write, so that nothing flickers."""
        with self._console.capture() as drawn:
            self._console.print(part)
        text = "".join(f"{line}\x1b[K\n" for line in drawn.get().splitlines())
        sys.stdout.write(f"{BEGIN_UPDATE}{HOME}{text}{CLEAR_BELOW}{END_UPDATE}")
        sys.stdout.flush()

    def show_status(self, text: str) -> None:
        """Say what goes on in the line below, which the next `replace` overwrites; at once, for somebody waits."""
        sys.stdout.write(f"{text}\r")
        sys.stdout.flush()

    def wait_for_enter(self) -> bool:
        """Wait for Enter; False when the person types q."""
        return self._console.input("\n[dim]Enter: next step   q: stop here[/] ").strip().lower() != "q"

    def show_results(self, outcomes: "Sequence[StepResult]", steps: "Sequence[Step]") -> None:
        """The table at the end of a warm-up: each step, its time, and what failed or was not reached."""
        table = Table(title="Warm-up", title_justify="left", box=None, padding=(0, 2, 0, 0))
        for column in ("step", "", "box", "took"):
            table.add_column(column, justify="right" if column in ("box", "took") else "left", overflow="fold")
        table.add_column("result")
        for index, step in enumerate(steps):
            outcome = outcomes[index] if index < len(outcomes) else None
            took = f"{outcome.seconds:.1f} s" if outcome else ""
            result = (
                "[dim]not run[/]"
                if not outcome
                else f"[red]failed: {outcome.failure}[/]"
                if outcome.failure
                else "[green]done[/]"
            )
            table.add_row(step.verb, step.path or "interview_prep/ml", f"{step.minutes} min", took, result)
        self._console.rule()
        self._console.print(table)

    def show_measurement(self, row: "Row") -> None:
        """One row of the benchmark, with its ratio where something stands beside it."""
        self.print_line(f"{row.what}: {row.measured:.2f} {row.unit}   (budget {row.budget})")
        if row.baseline:
            self.print_line(
                f"    {row.baseline_name}: {row.baseline:.2f} {row.unit}, ratio {row.measured / row.baseline:.3g}"
            )

    def show_models(self, rows: Sequence[tuple[str, ...]], problems: Sequence[str]) -> None:
        """A line a model, and a line for each thing that is wrong with one; the same cause is told once."""
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        table.add_column()
        table.add_column(overflow="fold")
        for *about, state in rows:
            table.add_row(*about, f"[green]{state}[/]" if state == "there" else f"[red]{state}[/]")
        self._console.print(table)
        causes = Counter(problem.rpartition(": ")[2] for problem in problems)
        for problem in problems:
            others = causes.pop(problem.rpartition(": ")[2], 0) - 1
            if others >= 0:
                self.print_line(f"{problem}{f', and so {others} more' if others else ''}")

    def show_gpu(self, report: "Report") -> None:
        """A GPU's measurements as a table in a terminal and as plain lines elsewhere, then what is the matter."""
        from interview_prep.gpu.report import format_lines
        from interview_prep.gpu.view import render_report

        if self._console.is_terminal and report.measurements:
            self._console.print(render_report(report))
        else:
            self.print_line("\n".join(format_lines(report)))

    @contextlib.contextmanager
    def show_transfers(self) -> Iterator[Callable[[Sequence["Download"]], None]]:
        """Bars with bytes and speed, a file each; without a terminal a line when a file is there."""
        from rich import progress
        from rich.progress import Progress, TaskID

        columns = (
            *(progress.TextColumn("{task.description}"), progress.BarColumn(), progress.DownloadColumn()),
            *(progress.TransferSpeedColumn(), progress.TimeRemainingColumn(compact=True)),
        )
        with Progress(*columns, console=self._console, disable=not self._console.is_terminal) as bars:
            known: dict[Download, TaskID] = {}
            said: set[Download] = set()

            def watch(arrivals: Sequence["Download"]) -> None:
                for arrival in arrivals:
                    name = f"{arrival.model.name}: {arrival.file.path}"
                    task = known.setdefault(arrival, TaskID(-1))
                    if task < 0:
                        task = known[arrival] = bars.add_task(name, total=arrival.file.size)
                    bars.update(task, completed=arrival.received_bytes())
                    if arrival not in said and arrival.final_path.exists():
                        said.add(arrival)
                        if bars.disable:
                            self.print_line(name)

            yield watch

    def show_diff(self, before: str, after: str) -> None:
        """The changed lines of a text."""
        from rich.syntax import Syntax

        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "locked", "on the Hub", lineterm="")
        self._console.print(Syntax("\n".join(lines), "diff", background_color="default"))

    def confirm(self, question: str) -> bool:
        """Ask; nobody there is no."""
        return sys.stdin.isatty() and self._console.input(f"{question} \\[y/N] ").strip().lower() == "y"

    def show_findings(self, title: str, checks: Iterable[Any]) -> None:
        """A table of findings: each has `name`, `ok`, `evidence` and `fix`."""
        table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), show_header=False)
        for check in checks:
            mark = "[green]ok[/]" if check.ok else "[red]no[/]"
            table.add_row(mark, check.name, check.evidence if check.ok else f"{check.evidence}\n[bold]{check.fix}[/]")
        self._console.print(table)


def with_absolute_links(page: Path) -> str:
    """A page's text, in which links to files are such as a terminal can open."""

    def absolute(link: "re.Match[str]") -> str:
        return f"]({(page.parent / link[1]).resolve().as_uri()}{link[2] or ''})"

    return re.sub(r"\]\(([^)#:]+)(#[^)]*)?\)", absolute, page.read_text(encoding="utf-8"))


def _plain(value: Any) -> Any:
    """What json.dumps cannot write by itself: dataclasses and paths."""
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
