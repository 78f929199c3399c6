"""`invoke warmup`: go through a plan on the screen, step by step."""

import os
import sys
import time
from collections.abc import Iterator
from typing import NoReturn

from invoke.exceptions import Exit

from interview_prep import processes
from interview_prep.console import Printer
from interview_prep.streams import flush_streams
from interview_prep.warmup import preload, runner, view
from interview_prep.warmup.plan import ML, RUNNABLE, Step, StepResult, make_plan


def run_warmup(minutes: int, *, yes: bool, json: bool) -> None:
    """Go through the whole plan; raises Exit(1) unless every step ran, Exit(130) when interrupted."""
    printer, steps = Printer(json=json), make_plan(minutes)
    processes.adopt_environment(processes.child_environment(*processes.TESTS, *processes.READING, HF_HUB_OFFLINE="1"))
    results: list[StepResult] = []
    interrupted = False
    try:
        results.extend(run_steps(steps, printer, wait=not yes and not json and sys.stdin.isatty()))
    except KeyboardInterrupt:
        interrupted = True
    printer.print_view(view.render_results(results, steps))
    complete = len(results) == len(steps) and not any(result.failure for result in results)
    printer.print_json({"version": 2, "minutes": minutes, "complete": complete, "results": results})
    if not complete:
        exit_now(130 if interrupted else 1)


def run_steps(steps: list[Step], printer: Printer, *, wait: bool) -> Iterator[StepResult]:
    """Go through the steps, yielding each result when it is known; with `wait`, a key starts the next step."""
    step_runner = runner.StepRunner(steps)
    total, done = sum(step.minutes for step in steps), 0
    for number, step in enumerate(steps, 1):
        heading = view.render_heading(step, f"{number} of {len(steps)}", done, total)
        start, failure = time.perf_counter(), ""
        if step.verb in RUNNABLE:
            printer.print_view(heading)
            failure = step_runner.run_next(printer.output)
        elif step.verb == "Practice":
            printer.print_view(heading)
            printer.print_line(runner.copy_for_practice())
        else:
            printer.show_page(heading, ML / step.path, paged=wait)
        yield StepResult(step, time.perf_counter() - start, failure)
        done += step.minutes
        if wait and number < len(steps) and not printer.wait_for_enter():
            return


def exit_now(code: int) -> NoReturn:
    """End with an exit code, at once even if a thread is still importing."""
    if preload.is_importing():
        flush_streams()
        os._exit(code)
    raise Exit(code=code)
