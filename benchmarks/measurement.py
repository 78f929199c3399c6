"""One row of the benchmarks, how it is printed, and how a command is timed. Left out: what is measured."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from interview_prep.errors import KitError, one_line
from interview_prep.paths import ROOT

INVOKE = str(Path(sys.executable).parent / "invoke")


class BenchmarkError(KitError):
    """Something that is needed to measure is missing."""


class CommandError(BenchmarkError):
    """A command that is being timed failed, or a server did not answer."""


@dataclass(frozen=True)
class Row:
    """One measurement beside its baseline (0 if there is nothing to compare it with), and the budget in words."""

    what: str
    measured: float
    baseline_name: str
    baseline: float
    unit: str
    budget: str


def format_row(row: Row) -> list[str]:
    """A line with the measurement and its budget, and a line with the baseline and the ratio, if there is one."""
    lines = [f"{row.what}: {row.measured:.2f} {row.unit}   (budget {row.budget})"]
    if row.baseline:
        ratio = row.measured / row.baseline
        lines.append(f"    {row.baseline_name}: {row.baseline:.2f} {row.unit}, ratio {ratio:.3g}")
    return lines


def time_command(command: list[str], *, cwd: Path = ROOT, environment: Mapping[str, str] = os.environ) -> float:
    """Wall-clock seconds of a command; raises CommandError with the last line of its output if it fails."""
    begin = time.perf_counter()
    run = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begin
    if run.returncode:
        raise CommandError(f"`{' '.join(command)}` failed: {one_line(run.stderr or run.stdout, last=True)}")
    return seconds


def median_time(command: list[str]) -> float:
    """The median of five."""
    return statistics.median(time_command(command) for _ in range(5))
