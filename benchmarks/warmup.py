"""Everything runnable in the 90-minute plan: as the warm-up runs it, and each step as a process of its own."""

import sys
from collections.abc import Iterator

from benchmarks.measurement import INVOKE, Row, time_command
from interview_prep.warmup.plan import ML, RUNNABLE, Step, make_plan


def measure() -> Iterator[Row]:
    """One row; it takes the time of the whole plan twice."""
    together = time_command([INVOKE, "warmup", "--minutes", "90", "--yes"])
    singly = sum(time_command(step_command(step)) for step in make_plan(90) if step.verb in RUNNABLE)
    what, baseline_name = "invoke warmup --minutes 90 --yes", "its scripts and tests one by one"
    yield Row(what, together, baseline_name, singly, "s", "≤ 30 s, ratio ≤ 0.5")


def step_command(step: Step) -> list[str]:
    return [sys.executable, *(["-m", "pytest"] if step.verb == "Test" else []), str(ML / step.path)]
