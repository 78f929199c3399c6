"""How soon the everyday tasks answer, each beside a start that it can't do without, in turns.

Left out: verdicts of a judge that is warm (judge.py).
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator

from benchmarks.measurement import INVOKE, Row, median_time, time_command
from interview_prep.judge.client import JudgeClient
from interview_prep.paths import DRILLS

EVERYDAY = ("drills",), ("drill", "bpe"), ("hint", "bpe"), ("solution", "bpe", "--give-up"), ("reset", "bpe")
REPEATS = 5


def measure() -> Iterator[Row]:
    """The list of tasks, the doctor, the everyday tasks, and one verdict from cold."""
    bare = median_time([sys.executable, "-c", "import invoke.main"])
    yield Row("invoke --list", median_time([INVOKE, "--list"]), "python -c 'import invoke.main'", bare, "s", "≤ 0.3 s")
    yield Row("invoke doctor", median_time([INVOKE, "doctor"]), "", 0, "s", "≤ 5 s")
    with tempfile.TemporaryDirectory() as work:
        environment = {**os.environ, "PREP_WORK": work}
        for task in EVERYDAY:
            times, baselines = [], []
            for _ in range(REPEATS):
                baselines.append(time_command([INVOKE, "--version"], environment=environment))
                times.append(time_command([INVOKE, *task], environment=environment))
            yield compare_medians(
                f"invoke {' '.join(task)}", times, "invoke --version", baselines, "≤ 0.5 s, ratio ≤ 4"
            )
        answer = str(DRILLS / "text" / "bpe" / "solution.py")
        times, baselines = [], []
        for _ in range(REPEATS):
            baselines.append(time_judge_start())
            times.append(time_command([INVOKE, "check", "bpe", "--answer", answer], environment=environment))
        what, baseline_name = "invoke check of a right answer, from cold", "the judge's worker, until it is ready"
        yield compare_medians(what, times, baseline_name, baselines, "ratio ≤ 1.3")


def compare_medians(what: str, times: list[float], baseline_name: str, baselines: list[float], budget: str) -> Row:
    return Row(what, statistics.median(times), baseline_name, statistics.median(baselines), "s", budget)


def time_judge_start() -> float:
    """Seconds until the judge's worker is ready."""
    begin = time.perf_counter()
    with JudgeClient() as worker:
        worker.wait_until_ready()
        return time.perf_counter() - begin
