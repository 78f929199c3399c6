"""Imports ahead and forks do not get in each other's way, and the practice copy is the person's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from interview_prep import paths
from interview_prep.paths import ROOT
from interview_prep.warmup import runner
from interview_prep.warmup.plan import WarmupError


def test_practice_copy_is_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second warm-up finds what the first one left, changed or not."""
    monkeypatch.setenv("PREP_WORK", str(tmp_path / "work"))
    assert "A copy is in" in runner.copy_for_practice()
    (tmp_path / "work" / "training_loop.py").write_text("mine")
    assert "still" in runner.copy_for_practice()
    assert (tmp_path / "work" / "training_loop.py").read_text() == "mine"


def test_practice_copy_that_cannot_be_written_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the file, the cause and the folder to mount."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(paths, "read_work", lambda: tmp_path / "file" / "work")
    with pytest.raises(WarmupError, match=r"Cannot write .*training_loop.py \(Not a directory\)"):
        runner.copy_for_practice()


@pytest.mark.parametrize("ending", ["os._exit(130)", "os.kill(os.getpid(), signal.SIGINT)"])
def test_interrupted_child_interrupts_the_warmup(ending: str) -> None:
    """Ctrl-C may reach the script alone: Python drops an interrupt that comes while it forks."""
    program = f"import os, signal; signal.signal(signal.SIGINT, signal.SIG_DFL); {ending}"
    with pytest.raises(KeyboardInterrupt):
        runner.wait_for_child(os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-c", program]))


def test_interrupt_just_after_the_child_ended_is_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child has been collected when Ctrl-C comes: no second wait for a child that is gone."""
    wait = os.waitpid

    def collect_and_interrupt(child: int, options: int) -> None:
        wait(child, options)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "waitpid", collect_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        runner.wait_for_child(os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-c", ""]))


def test_import_that_outlives_the_process_says_nothing() -> None:
    """Whatever ends the process meanwhile, nobody wants to know what the import is refused then."""
    program = (
        "import os, signal, sys, threading, time, types\n"
        "from interview_prep.warmup import preload\n"
        "class Late:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'late':\n"
        "            while not threading._SHUTTING_DOWN: time.sleep(0.001)\n"
        "            threading._register_atexit(print)\n"
        "sys.meta_path.insert(0, Late())\n"
        "preload.IMPORTS['late'] = ('late',)\n"
        "preload.start_imports('late')\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


FORKS = """
import os, signal, threading
import torch
from interview_prep.warmup.preload import wait_for_end

def multiply():
    torch.ones(64, 64) @ torch.ones(64, 64)

for _ in range(50):  # with join() alone one fork in ten hung
    thread = threading.Thread(target=multiply)
    thread.start()
    wait_for_end(thread)
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        multiply()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, "a fork hangs"
"""


def test_fork_after_a_thread_does_not_hang() -> None:
    """A thread that has really ended holds no lock that a fork would wait for."""
    settings = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", FORKS]
    run = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
