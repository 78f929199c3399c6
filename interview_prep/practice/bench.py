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

from interview_prep.environment import ROOT
from interview_prep.environment.bench import Row
from interview_prep.judge import drill as drills
from interview_prep.judge.drill import Drill
from interview_prep.judge.lint import lint
from interview_prep.judge.worker import Worker

LEARNING = 3  # seconds in which the prompt is read and the worker gets warm, and learns a drill's mistakes
PAUSE = 0.4  # seconds between two saves, in which a fork gets ready
VERDICT = b"\xe2\x9c\x93 passed", b"\xe2\x9c\x97 not yet"
CLEARED = b"\x1b[J"  # the end of a redraw


def measure() -> Iterator[Row]:
    """The worker's start and size, the verdicts, lint."""
    begin = time.perf_counter()
    with Worker() as worker:
        worker.ready()
        yield Row("the judge's worker, until it is ready", time.perf_counter() - begin, "", 0, "s", "≤ 6 s")
        yield Row("memory of the idle worker", resident(worker.process.pid) / 1e6, "", 0, "MB", "none")
    every = drills.catalogue()
    milliseconds = sorted(seconds * 1000 for seconds in saved(every))
    cold = statistics.median(started_cold(drill) for drill in every) * 1000
    beside = "python -m pytest on the same files, cold"
    median, last = statistics.median(milliseconds), milliseconds[int(len(milliseconds) * 0.95)]
    what = f"from save to verdict, median of {len(milliseconds)}"
    yield Row(what, median, beside, cold, "ms", "≤ 60 ms, ratio ≤ 1/60")
    yield Row("from save to verdict, 95 of 100", last, beside, cold, "ms", "≤ 120 ms")
    begin = time.perf_counter()
    verdicts = sum(finding.verdicts for finding in lint(drills.folders()))
    took = (time.perf_counter() - begin) * 1000 / verdicts
    yield Row(f"invoke lint-drills, each of {verdicts} verdicts", took, "", 0, "ms", "≤ 100 ms on two cores")


def resident(pid: int) -> int:
    """Bytes of a process that are in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def saved(every: list[Drill]) -> Iterator[float]:
    """Seconds from each save to its verdict on the terminal, through all drills in their order."""
    with tempfile.TemporaryDirectory() as work, practice(work) as terminal:
        for drill in every:
            answer = Path(work, f"{drill.name}.py")
            screen(terminal, CLEARED)
            time.sleep(LEARNING)
            for program in (drill.wrong[0], drill.wrong[-1], drill.solution):
                source = program.read_bytes()
                time.sleep(PAUSE)
                begin = time.perf_counter()
                answer.write_bytes(source)
                screen(terminal, *VERDICT)
                yield time.perf_counter() - begin
            time.sleep(PAUSE)
            os.write(terminal, b"n")


@contextlib.contextmanager
def practice(work: str) -> Iterator[int]:
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


def screen(terminal: int, *marks: bytes) -> None:
    """Read until a redraw with one of the marks is complete."""
    shown = b""
    end = time.perf_counter() + 60
    while not (any(mark in shown for mark in marks) and CLEARED in shown):
        if not select.select([terminal], [], [], max(0, end - time.perf_counter()))[0]:
            raise TimeoutError(shown.decode(errors="replace")[-2000:])
        shown += os.read(terminal, 1 << 16)


def started_cold(drill: Drill) -> float:
    """Seconds of pytest on a drill's checks and its solution, from nothing."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(drill.checks)]
    environment = {**os.environ, "ANSWER": str(drill.solution)}
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    return time.perf_counter() - begin
