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

from benchmarks.run_benchmarks import Row, seconds
from interview_prep.judge.client import Worker
from interview_prep.paths import DRILLS

INVOKE = str(Path(sys.executable).parent / "invoke")
EVERYDAY = ("drills",), ("drill", "bpe"), ("hint", "bpe"), ("solution", "bpe", "--give-up"), ("reset", "bpe")
TIMES = 5


def measure() -> Iterator[Row]:
    """The tasks that judge nothing, and one verdict from cold."""
    with tempfile.TemporaryDirectory() as work:
        settings = {**os.environ, "PREP_WORK": work}
        for task in EVERYDAY:
            ours, bare = [], []
            for _ in range(TIMES):
                bare.append(seconds([INVOKE, "--version"], env=settings))
                ours.append(seconds([INVOKE, *task], env=settings))
            yield row(f"invoke {' '.join(task)}", ours, "invoke --version", bare, "≤ 0.5 s, ratio ≤ 4")
        answer = str(DRILLS / "text" / "bpe" / "solution.py")
        ours, bare = [], []
        for _ in range(TIMES):
            bare.append(started())
            ours.append(seconds([INVOKE, "check", "bpe", "--answer", answer], env=settings))
        beside = "the judge's worker, until it is ready"
        yield row("invoke check of a right answer, from cold", ours, beside, bare, "ratio ≤ 1.3")


def row(what: str, ours: list[float], beside: str, theirs: list[float], budget: str) -> Row:
    return Row(what, statistics.median(ours), beside, statistics.median(theirs), "s", budget)


def started() -> float:
    """Seconds until a worker is ready."""
    begin = time.perf_counter()
    with Worker() as worker:
        worker.ready()
        return time.perf_counter() - begin
