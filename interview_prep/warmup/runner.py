"""Runs the scripts and tests of a plan, each in a fork of this process, so that its imports are already there.

While one runs, or a sheet is read, this process imports what the next one needs. Nothing here starts a thread pool
before a fork: the child would hang in OpenMP. Left out: what is shown around a step (commands.py).
"""

import os
import runpy
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from interview_prep import paths
from interview_prep.paths import ROOT
from interview_prep.streams import flush_streams
from interview_prep.warmup.plan import ML, RUNNABLE, Step, WarmupError
from interview_prep.warmup.preload import start_imports, wait_for_end

INTERRUPTED = 130  # the exit code of a program that Ctrl-C ended, as shells have it
IGNORE_PRELOADED = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"  # preload.IMPORTS, on purpose


class StepRunner:
    """Runs a plan's runnable steps one after the other, importing ahead. Made when the plan begins."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._remaining = [step for step in steps if step.verb in RUNNABLE]
        self._start_imports()

    def run_next(self, output: int) -> str:
        """Run the next step, which prints to this file descriptor; why it failed, or ""."""
        wait_for_end(self._imports)
        child = fork_child(partial(execute_step, self._remaining.pop(0)), output)
        self._start_imports()
        return wait_for_child(child)

    def _start_imports(self) -> None:
        self._imports = start_imports(self._remaining[0].path if self._remaining else None)


def execute_step(step: Step) -> int:
    """Run the step's script, or the tests, in this process as `python FILE` and `pytest FOLDER` would."""
    if step.verb == "Test":
        import pytest

        from interview_prep.selftest import forks
        from interview_prep.selftest.run_pytest import PYTEST_OPTIONS

        os.chdir(ROOT)
        folder = str((ML / step.path).relative_to(ROOT))
        return int(pytest.main([*PYTEST_OPTIONS, folder, "-W", IGNORE_PRELOADED], [forks]))
    script = ML / step.path
    sys.argv[:], sys.path[0] = [str(script)], str(script.parent)
    runpy.run_path(str(script), run_name="__main__")
    return 0


def fork_child(work: Callable[[], int], output: int) -> int:
    """Fork a child that runs `work`, prints to `output` and ends with the code that `work` returns; its process id."""
    flush_streams()
    child = os.fork()
    if child == 0:
        os.dup2(output, sys.stdout.fileno())
        os._exit(run_to_exit_code(work))
    return child


def wait_for_child(child: int) -> str:
    """Wait until the child ends; why it failed, or "". A child that was interrupted raises KeyboardInterrupt here."""
    try:
        _, status = os.waitpid(child, 0)
    except KeyboardInterrupt:
        with suppress(ChildProcessError):  # it has ended, and the interrupt came before its status was at hand
            os.waitpid(child, 0)  # the terminal interrupts the child as well
        raise
    code = os.waitstatus_to_exitcode(status)
    if code in (INTERRUPTED, -signal.SIGINT):
        raise KeyboardInterrupt
    if code == 0:
        return ""
    return f"ended by signal {-code}" if code < 0 else f"exit {code}"


def run_to_exit_code(work: Callable[[], int]) -> int:
    """Run `work` to the exit code that an interpreter would end with."""
    code = 0
    try:
        code = work()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BaseException:  # noqa: BLE001 - whatever a script raises is shown as Python would show it
        sys.excepthook(*sys.exc_info())
        code = 1
    flush_streams()
    return code


def copy_for_practice() -> str:
    """Copy the training loop into work/, never over an existing copy; a sentence that says where it is."""
    copy = paths.read_work() / "training_loop.py"
    place = copy.relative_to(ROOT) if copy.is_relative_to(ROOT) else copy
    if copy.exists():
        return f"Your copy from before is still in {place}: change it without looking, then run it."
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ML / "pytorch" / "model_training_loop.py", copy)
    except OSError as error:
        raise WarmupError(
            f"Cannot write {place} ({error.strerror}). Mount a folder that you own on {copy.parent}."
        ) from None
    return (
        f"A copy is in {place}: change one thing (the optimizer, the schedule, the loss) without looking, then run it."
    )
