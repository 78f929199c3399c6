"""How soon the everyday tasks answer, each beside a start that it cannot do without, in turns.

Left out: verdicts of a judge that is warm; bench.py has those.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.run_benchmarks import Row, time_command
from interview_prep.judge.client import JudgeClient
from interview_prep.paths import DRILLS

INVOKE = str(Path(sys.executable).parent / "invoke")
EVERYDAY = ("drills",), ("drill", "bpe"), ("hint", "bpe"), ("solution", "bpe", "--give-up"), ("reset", "bpe")
TIMES = 5


def measure_task_start() -> Iterator[Row]:
    """The tasks that judge nothing, and one verdict from cold."""
    with tempfile.TemporaryDirectory() as work:
        settings = {**os.environ, "PREP_WORK": work}
        for task in EVERYDAY:
            ours, bare = [], []
            for _ in range(TIMES):
                bare.append(time_command([INVOKE, "--version"], env=settings))
                ours.append(time_command([INVOKE, *task], env=settings))
            yield make_row(f"invoke {' '.join(task)}", ours, "invoke --version", bare, "≤ 0.5 s, ratio ≤ 4")
        answer = str(DRILLS / "text" / "bpe" / "solution.py")
        ours, bare = [], []
        for _ in range(TIMES):
            bare.append(time_judge_start())
            ours.append(time_command([INVOKE, "check", "bpe", "--answer", answer], env=settings))
        beside = "the judge's worker, until it is ready"
        yield make_row("invoke check of a right answer, from cold", ours, beside, bare, "ratio ≤ 1.3")


def make_row(what: str, ours: list[float], beside: str, theirs: list[float], budget: str) -> Row:
    return Row(what, statistics.median(ours), beside, statistics.median(theirs), "s", budget)


def time_judge_start() -> float:
    """Seconds until a worker is ready."""
    begin = time.perf_counter()
    with JudgeClient() as worker:
        worker.wait_until_ready()
        return time.perf_counter() - begin
