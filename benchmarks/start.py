"""How soon the everyday tasks answer, each beside a start that it can't do without, in turns.

Left out: verdicts of a judge that is warm (judge.py).
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.measurement import INVOKE, Row, median_time, time_command
from interview_prep.judge.client import JudgeClient
from interview_prep.paths import DRILLS

EVERYDAY = ("drills",), ("drill", "bpe"), ("hint", "bpe"), ("solution", "bpe", "--give-up"), ("reset", "bpe")
REPEATS = 5
Timer = Callable[[], float]  # seconds


def measure() -> Iterator[Row]:
    """The list of tasks, the doctor, the everyday tasks, and one verdict from cold."""
    bare = median_time([sys.executable, "-c", "import invoke.main"])
    yield Row("invoke --list", median_time([INVOKE, "--list"]), "python -c 'import invoke.main'", bare, "s", "≤ 0.3 s")
    yield Row("invoke doctor", median_time([INVOKE, "doctor"]), "", 0, "s", "≤ 5 s")
    with tempfile.TemporaryDirectory() as work:
        environment = {**os.environ, "PREP_WORK": work}
        time_bare = partial(time_command, [INVOKE, "--version"], environment=environment)
        for task in EVERYDAY:
            time_task = partial(time_command, [INVOKE, *task], environment=environment)
            what, budget = f"invoke {' '.join(task)}", "≤ 0.5 s, ratio ≤ 4"
            yield compare_in_turns(what, time_task, "invoke --version", time_bare, budget)
        answer = str(DRILLS / "text" / "bpe" / "solution.py")
        time_check = partial(time_command, [INVOKE, "check", "bpe", "--answer", answer], environment=environment)
        what, baseline_name = "invoke check of a right answer, from cold", "the judge's worker, until it is ready"
        yield compare_in_turns(what, time_check, baseline_name, time_judge_start, "ratio ≤ 1.3")


def compare_in_turns(
    what: str,
    measure_seconds: Callable[[], float],
    baseline_name: str,
    measure_baseline: Callable[[], float],
    budget: str,
) -> Row:
    """The medians of both, each measured REPEATS times, in turns."""
    pairs = [(measure_baseline(), measure_seconds()) for _ in range(REPEATS)]
    baseline, measured = map(statistics.median, zip(*pairs, strict=True))
    return Row(what, measured, baseline_name, baseline, "s", budget)


def time_judge_start() -> float:
    """Seconds until the judge's worker is ready."""
    begin = time.perf_counter()
    with JudgeClient() as worker:
        worker.wait_until_ready()
        return time.perf_counter() - begin
