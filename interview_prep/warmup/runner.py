"""The 30-, 60- and 90-minute plans of the README, step by step: sheets shown, scripts and tests run.

A script runs in a fork of this process, so that what it imports is there already: while one runs, or a sheet is
read, this process imports what the next one needs. Nothing here starts a thread pool before the forks: a forked
child would hang in OpenMP.
"""

import os
import runpy
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

from invoke.exceptions import Exit

from interview_prep import paths, processes
from interview_prep.console import Printer
from interview_prep.paths import ROOT
from interview_prep.warmup import view
from interview_prep.warmup.plan import Step, StepResult
from interview_prep.warmup.preload import exit_now, start_imports, wait_for_end

ML = ROOT / "interview_prep" / "ml"
PRACTICE_COPY = paths.read_work() / "training_loop.py"
RUNNABLE = ("Run", "Test")
PRELOADED = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"  # on purpose: they are IMPORTS


PLANS = {
    30: (
        Step("Skim", "reference/ml_interview_reference.md", 10),
        Step("Run", "pytorch/model_training_loop.py", 10),
        Step("Run", "huggingface/pipelines_and_inference.py", 5),
        Step("Review", "pytorch/debugging_and_shapes.md", 5),
    ),
    60: (
        Step("Read", "reference/python_idioms.md", 10),
        Step("Test", "", 10),
        Step("Skim", "reference/pandas_patterns.md", 10),
    ),
    90: (
        Step("Read", "huggingface/tokenization_notes.md", 10),
        Step("Read", "sklearn_notes/when_to_use_sklearn.md", 10),
        Step("Practice", "pytorch/model_training_loop.py", 10),
    ),
}


def make_plan(minutes: int) -> list[Step]:
    """The steps for 30, 60 or 90 minutes; a longer plan begins with the shorter ones."""
    if minutes not in PLANS:
        raise Exit(f"There is no plan for {minutes} minutes. `invoke warmup --minutes 30`, 60 or 90.", code=2)
    return [step for length, steps in PLANS.items() if length <= minutes for step in steps]


def run_warmup(minutes: int, *, yes: bool, json: bool) -> None:
    """The whole warm-up on the screen; raises Exit(1) unless every step ran, Exit(130) when interrupted."""
    screen = Printer(json=json)
    processes.adopt_environment(processes.child_environment(*processes.TESTS, *processes.READING, HF_HUB_OFFLINE="1"))
    steps = make_plan(minutes)
    outcomes: list[StepResult] = []
    interrupted = False
    try:
        outcomes.extend(run_steps(steps, screen, wait=not yes and not json and sys.stdin.isatty()))
    except KeyboardInterrupt:
        interrupted = True
    screen.print_view(view.render_results(outcomes, steps))
    complete = len(outcomes) == len(steps) and not any(outcome.failure for outcome in outcomes)
    screen.print_json({"version": 2, "minutes": minutes, "complete": complete, "results": outcomes})
    if not complete:
        exit_now(130 if interrupted else 1)


def run_steps(steps: list[Step], screen: Printer, *, wait: bool) -> Iterator[StepResult]:
    """Go through the steps, yielding each outcome as it is known; with `wait`, a key starts the next one."""
    to_run = [step for step in steps if step.verb in RUNNABLE]
    imports = start_imports(to_run[0].path if to_run else None)
    done = 0
    for number, step in enumerate(steps, 1):
        heading = view.render_heading(step, f"{number} of {len(steps)}", done, sum(each.minutes for each in steps))
        start = time.perf_counter()
        failure = ""
        if step.verb in RUNNABLE:
            screen.print_view(heading)
            wait_for_end(imports)
            child = fork_step(partial(execute_step, to_run.pop(0)), screen)
            imports = start_imports(to_run[0].path if to_run else None)
            failure = wait_for(child)
        elif step.verb == "Practice":
            screen.print_view(heading)
            screen.print_line(copy_for_practice())
        else:
            screen.show_page(heading, ML / step.path, paged=wait)
        yield StepResult(step, time.perf_counter() - start, failure)
        done += step.minutes
        if wait and number < len(steps) and not screen.wait_for_enter():
            return


def execute_step(step: Step) -> int:
    """Run the step's script, or the tests, in this process as `python FILE` and `pytest FOLDER` would."""
    if step.verb == "Test":
        import pytest

        from interview_prep.selftest import forks
        from interview_prep.selftest.run_pytest import PYTEST_OPTIONS

        os.chdir(ROOT)
        return int(pytest.main([*PYTEST_OPTIONS, str(ML.relative_to(ROOT)), "-W", PRELOADED], [forks]))
    script = ML / step.path
    sys.argv[:], sys.path[0] = [str(script)], str(script.parent)
    runpy.run_path(str(script), run_name="__main__")
    return 0


def fork_step(work: Callable[[], int], screen: Printer) -> int:
    """Start `work` in a forked child, which ends with the exit code it returns; the child's process id."""
    screen.flush()
    child = os.fork()
    if child == 0:
        os.dup2(screen.output, sys.stdout.fileno())
        os._exit(exit_code(work))
    return child


def wait_for(child: int) -> str:
    """Why the child failed, or "" where it did not."""
    try:
        _, status = os.waitpid(child, 0)
    except KeyboardInterrupt:
        os.waitpid(child, 0)  # the terminal has interrupted the child too
        raise
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return ""
    return f"ended by signal {-code}" if code < 0 else f"exit {code}"


def exit_code(work: Callable[[], int]) -> int:
    """What an interpreter that only does `work` would end with."""
    code = 0
    try:
        code = work()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        code = 130
    except BaseException:  # noqa: BLE001 - whatever a script raises is shown as Python would show it
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def copy_for_practice() -> str:
    """Put a copy of the training loop into work/, never over one that is there; a sentence that says where."""
    place = PRACTICE_COPY.relative_to(ROOT) if PRACTICE_COPY.is_relative_to(ROOT) else PRACTICE_COPY
    if PRACTICE_COPY.exists():
        return f"Your copy from before is still in {place}: change it without looking, then run it."
    try:
        PRACTICE_COPY.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ML / "pytorch" / "model_training_loop.py", PRACTICE_COPY)
    except OSError as error:
        raise Exit(
            f"Cannot write {place} ({error.strerror}). Mount a folder that you own on {PRACTICE_COPY.parent}.", code=2
        ) from None
    return (
        f"A copy is in {place}: change one thing (the optimizer, the schedule, the loss) without looking, then run it."
    )
