"""`invoke bench`: measure the groups and print each row when it is known."""

import importlib
from collections.abc import Iterator

from invoke.exceptions import Exit

from benchmarks.measurement import BenchmarkError, CommandError, Row, format_row
from interview_prep.console import Printer

GROUPS = ("start", "judge", "warmup", "models", "lab", "images", "setup")  # from the quickest to the slowest


def run_benchmarks(*, only: str, json: bool) -> None:
    """Measure all groups or one; raises Exit(1) if something that is measured fails, Exit(2) for an unknown group."""
    if only and only not in GROUPS:
        raise BenchmarkError(f"No group {only!r}. `invoke bench --only` takes {', '.join(GROUPS)}.")
    printer, rows = Printer(json=json), []
    try:
        for name in [only] if only else GROUPS:
            for row in measure_group(name):
                printer.print_line("\n".join(format_row(row)))
                rows.append(row)
    except CommandError as error:
        raise Exit(str(error), code=1) from error
    printer.print_json({"version": 2, "rows": rows})


def measure_group(name: str) -> Iterator[Row]:
    """The rows of a group. Its module is imported only now: most of them import much."""
    rows: Iterator[Row] = importlib.import_module(f"benchmarks.{name}").measure()
    return rows
