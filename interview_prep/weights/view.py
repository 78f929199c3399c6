"""What `invoke models` shows: the table of models, their problems, and bars while files arrive.

Left out: printing; only the bars, which are drawn again and again, use the console that they are given.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from rich.console import Console, RenderableType
from rich.table import Table

from interview_prep.weights.download import Download


def render_models(rows: Sequence[tuple[str, ...]]) -> RenderableType:
    """A line for each model; the last value of a row is its state."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for *about, state in rows:
        table.add_row(*about, f"[green]{state}[/]" if state == "there" else f"[red]{state}[/]")
    return table


def format_problems(problems: Sequence[str]) -> list[str]:
    """A line for each problem; of those with the same cause, only the first, and how many others there are."""
    counts = Counter(problem.rpartition(": ")[2] for problem in problems)
    lines = []
    for problem in problems:
        others = counts.pop(problem.rpartition(": ")[2], 0) - 1
        if others >= 0:
            lines.append(f"{problem}{f', and {others} more like it' if others else ''}")
    return lines


@contextlib.contextmanager
def show_downloads(console: Console) -> Iterator[Callable[[Sequence[Download]], None]]:
    """Draw a bar with bytes and speed for each file; without a terminal, print a line when a file has arrived."""
    from rich import progress  # here, because listing models needs no bars and starts faster without them
    from rich.progress import Progress, TaskID

    columns = (
        *(progress.TextColumn("{task.description}"), progress.BarColumn(), progress.DownloadColumn()),
        *(progress.TransferSpeedColumn(), progress.TimeRemainingColumn(compact=True)),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[Download, TaskID] = {}
        finished: set[Download] = set()

        def update_bars(downloads: Sequence[Download]) -> None:
            for download in downloads:
                name = f"{download.model.name}: {download.file.path}"
                if download not in tasks:
                    tasks[download] = bars.add_task(name, total=download.file.size)
                bars.update(tasks[download], completed=download.received_bytes())
                if download not in finished and download.final_path.exists():
                    finished.add(download)
                    if bars.disable:
                        console.print(name, markup=False, soft_wrap=True)

        yield update_bars
