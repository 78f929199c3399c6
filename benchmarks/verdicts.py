"""The judge's budgets, measured as a person meets them: from the save of an answer to the verdict on the screen.

Each drill is met in one `invoke practice` in a pseudo-terminal, with two known mistakes and the solution; beside it
stands `python -m pytest`, started cold on the same files.
"""

import contextlib
import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.run_benchmarks import Row
from interview_prep.authoring.lint import lint_drills
from interview_prep.catalog.drill import Drill
from interview_prep.catalog.find import list_drill_folders, load_catalog
from interview_prep.judge.client import JudgeClient
from interview_prep.paths import ROOT

LEARNING = 8  # seconds in which the prompt is read, and the worker gets warm and learns a drill's mistakes
PAUSE = 0.5  # seconds between two saves, in which a process gets ready for the next
PASSED, NOT_YET = b"\xe2\x9c\x93 passed", b"\xe2\x9c\x97 not yet"
IN_A_ROW = 208  # verdicts
CLEARED = b"\x1b[J"  # the end of a redraw


def measure_judge() -> Iterator[Row]:
    """The worker's start and size, the verdicts, lint."""
    every = load_catalog()
    begin = time.perf_counter()
    with JudgeClient() as worker:
        worker.wait_until_ready()
        yield Row("the judge's worker, until it is ready", time.perf_counter() - begin, "", 0, "s", "≤ 6 s")
        yield Row("memory of the idle worker", resident_bytes(worker.process.pid) / 1e6, "", 0, "MB", "none")
        times = [seconds * 1000 for seconds in judge_in_a_row(every, worker)]
        first, last = statistics.median(times[: IN_A_ROW // 4]), statistics.median(times[-IN_A_ROW // 4 :])
        yield Row(f"a verdict, the last quarter of {IN_A_ROW} in a row", last, "the first", first, "ms", "no drift")
    saves, rested, fresh = [], [], []
    for drill, seconds in zip(every, time_saves(every), strict=True):
        saves += seconds
        rested.append(seconds[0])
        fresh.append(time_cold_pytest(drill))  # in turns, for a machine's speed changes within minutes
    saves.sort()
    cold, beside = statistics.median(fresh) * 1000, "python -m pytest on the same files, cold"
    for what, took, budget in (
        (f"from save to verdict, median of {len(saves)}", statistics.median(saves), "≤ 60 ms, ratio ≤ 0.0167"),
        ("from save to verdict, 95 of 100", saves[int(len(saves) * 0.95)], "≤ 120 ms"),
        (f"of these the first of each drill, after {LEARNING} s of reading, median", statistics.median(rested), "none"),
    ):
        yield Row(what, took * 1000, beside, cold, "ms", budget)
    begin = time.perf_counter()
    verdicts = sum(finding.verdicts for finding in lint_drills(list_drill_folders()))
    took = (time.perf_counter() - begin) * 1000 / verdicts
    yield Row(f"invoke lint-drills, each of {verdicts} verdicts", took, "", 0, "ms", "≤ 100 ms on two cores")


def judge_in_a_row(every: list[Drill], worker: JudgeClient) -> Iterator[float]:
    """Seconds of each of many verdicts that one worker gives on mixed answers, the same in each quarter."""
    answers = [(drill, answer) for drill in every for answer in (drill.solution, drill.mistakes[0])][: IN_A_ROW // 4]
    for drill, answer in answers * 4:
        worker.wait_until_ready()
        begin = time.perf_counter()
        worker.judge(drill, answer, compare_with_known=False)
        yield time.perf_counter() - begin


def resident_bytes(pid: int) -> int:
    """Bytes of a process that are in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def time_saves(every: list[Drill]) -> Iterator[list[float]]:
    """Seconds from each of three saves to its verdict on the terminal, for all drills in their order."""
    with tempfile.TemporaryDirectory() as work, run_practice(work) as terminal:
        for drill in every:
            answer = Path(work, f"{drill.name}.py")
            read_until_drawn(terminal, CLEARED)
            time.sleep(LEARNING)
            seconds = []
            one, other = (
                drill.mistakes[1],
                drill.mistakes[-1],
            )  # not the first: with that the waiting process has rehearsed
            for program, mark in ((one, NOT_YET), (other, NOT_YET), (drill.solution, PASSED)):
                source = program.read_bytes()
                time.sleep(PAUSE)
                begin = time.perf_counter()
                answer.write_bytes(source)
                read_until_drawn(terminal, mark)
                seconds.append(time.perf_counter() - begin)
            yield seconds
            os.write(terminal, b"n")


@contextlib.contextmanager
def run_practice(work: str) -> Iterator[int]:
    """The watch loop on the first drill, in a terminal of its own."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.environ.update({"PREP_WORK": work, "TERM": "xterm-256color"})
        os.execv(str(Path(sys.executable).parent / "invoke"), ["invoke", "practice"])
    try:
        yield terminal
    finally:
        os.write(terminal, b"q")
        with contextlib.suppress(OSError):
            while os.read(terminal, 1 << 16):
                pass
        os.waitpid(pid, 0)
        os.close(terminal)


def read_until_drawn(terminal: int, mark: bytes) -> None:
    """Read until a redraw with the mark is complete; raises TimeoutError with what came instead."""
    shown = b""
    end = time.perf_counter() + 60
    while not (mark in shown and CLEARED in shown):
        if not select.select([terminal], [], [], max(0, end - time.perf_counter()))[0]:
            raise TimeoutError(shown.decode(errors="replace")[-2000:])
        shown += os.read(terminal, 1 << 16)


def time_cold_pytest(drill: Drill) -> float:
    """Seconds of pytest on a drill's checks and its solution, from nothing."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(drill.checks)]
    environment = {**os.environ, "ANSWER": str(drill.solution)}
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    return time.perf_counter() - begin
