"""The judge's budgets, measured as a person meets them: from saving an answer to the verdict on the screen.

Each drill is practiced in one `invoke practice` in a pseudo-terminal, with two known mistakes and the solution. Beside
it, `python -m pytest` is started cold on the same files.
"""

import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measurement import INVOKE, Row, time_command
from interview_prep.authoring.lint import lint_drills
from interview_prep.catalog.drill import Drill
from interview_prep.catalog.find import list_drill_folders, load_catalog
from interview_prep.catalog.mistakes import load_mistakes
from interview_prep.judge.client import JudgeClient
from interview_prep.paths import ROOT
from tests.support.terminal import Terminal

READING = 8  # seconds in which a person reads the prompt, and the worker gets warm
PAUSE = 0.5  # seconds between two saves, in which the next process gets ready
COMPLETE, ANY_VERDICT = "✓ complete", " ms"  # a mistake may fail edges alone
IN_A_ROW = 208  # verdicts


def measure() -> Iterator[Row]:
    """The worker's start and size, the verdicts, lint."""
    catalog = load_catalog()
    yield from measure_worker(catalog)
    yield from measure_saves(catalog)
    begin = time.perf_counter()
    verdicts = sum(report.verdicts for report in lint_drills(list_drill_folders()))
    milliseconds = (time.perf_counter() - begin) * 1000 / verdicts
    yield Row(f"invoke lint-drills, each of {verdicts} verdicts", milliseconds, "", 0, "ms", "≤ 80 ms on two cores")


def measure_worker(catalog: list[Drill]) -> Iterator[Row]:
    """How soon it is ready, how large it is, and whether it gets slower with time."""
    begin = time.perf_counter()
    with JudgeClient() as worker:
        worker.wait_until_ready()
        yield Row("the judge's worker, until it is ready", time.perf_counter() - begin, "", 0, "s", "≤ 6 s")
        yield Row("memory of the idle worker", resident_bytes(worker.process.pid) / 1e6, "", 0, "MB", "≤ 450 MB")
        times = [seconds * 1000 for seconds in judge_in_a_row(catalog, worker)]
    first, last = statistics.median(times[: IN_A_ROW // 4]), statistics.median(times[-IN_A_ROW // 4 :])
    yield Row(f"a verdict, the last quarter of {IN_A_ROW} in a row", last, "the first", first, "ms", "no drift")


def measure_saves(catalog: list[Drill]) -> Iterator[Row]:
    """From saving to the verdict on the terminal, beside pytest's cold start; in turns, as machines change speed."""
    saves, first_saves, cold_starts = [], [], []
    for drill, seconds in zip(catalog, time_saves(catalog), strict=True):
        saves += seconds
        first_saves.append(seconds[0])
        cold_starts.append(time_cold_pytest(drill))
    yield from summarize_saves(saves, first_saves, statistics.median(cold_starts))


def summarize_saves(saves: Sequence[float], first_saves: Sequence[float], cold_start: float) -> Iterator[Row]:
    """The median and the slow end of all saves, and the median of each drill's first; all in seconds."""
    median, late = statistics.median(saves), sorted(saves)[int(len(saves) * 0.95)]
    first = f"of these the first of each drill, after {READING} s of reading, median"
    for what, seconds, budget in (
        (f"from save to verdict, median of {len(saves)}", median, "≤ 50 ms, ratio ≤ 0.0167"),
        ("from save to verdict, 95 of 100", late, "≤ 100 ms"),
        (first, statistics.median(first_saves), "none"),
    ):
        yield Row(what, seconds * 1000, "python -m pytest on the same files, cold", cold_start * 1000, "ms", budget)


def judge_in_a_row(catalog: list[Drill], worker: JudgeClient) -> Iterator[float]:
    """Seconds for each of many verdicts of one worker on mixed answers, the same ones in each quarter."""
    sources = [
        (drill, source)
        for drill in catalog
        for source in (drill.solution.read_text("utf-8"), load_mistakes(drill.folder)[0].source)
    ]
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer.py")
        for drill, source in sources[: IN_A_ROW // 4] * 4:
            answer.write_text(source, encoding="utf-8")
            worker.wait_until_ready()
            begin = time.perf_counter()
            worker.judge(drill, answer, compare_with_known=False)
            yield time.perf_counter() - begin


def resident_bytes(pid: int) -> int:
    """Bytes of a process that are in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def time_saves(catalog: list[Drill]) -> Iterator[list[float]]:
    """Seconds from each of three saves to its verdict on the terminal, for each drill in order."""
    with tempfile.TemporaryDirectory() as work, run_practice(work) as terminal:
        for drill in catalog:
            answer = Path(work, f"{drill.name}.py")
            terminal.read_screen(drill.title)
            time.sleep(READING)
            seconds = []
            _, second, *_, last = (mistake.source for mistake in load_mistakes(drill.folder))
            programs = (second, ANY_VERDICT), (last, ANY_VERDICT), (drill.solution.read_text("utf-8"), COMPLETE)
            for source, verdict in programs:
                time.sleep(PAUSE)
                begin = time.perf_counter()
                answer.write_text(source, encoding="utf-8")
                terminal.read_screen(verdict)
                seconds.append(time.perf_counter() - begin)
            yield seconds
            terminal.press("n")


@contextlib.contextmanager
def run_practice(work: str) -> Iterator[Terminal]:
    """`invoke practice` on the first drill, in a terminal of its own."""
    terminal = Terminal(INVOKE, "--search-root", str(ROOT), "practice", PREP_WORK=work)
    try:
        yield terminal
        terminal.press("q")
        terminal.wait_for_exit()
    finally:
        terminal.close()


def time_cold_pytest(drill: Drill) -> float:
    """Seconds of pytest on a drill's checks and its solution, from nothing."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(drill.checks)]
    return time_command(command, environment={**os.environ, "ANSWER": str(drill.solution)})
