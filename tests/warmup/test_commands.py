"""`invoke warmup` goes through its plan whatever happens: failing scripts, interrupts, unfinished imports."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from interview_prep.paths import ROOT
from interview_prep.warmup.plan import ML
from tests.support.small_plan import run_warmup, warmup_command

ENDINGS = {  # a script, and why its step failed
    "print('done')": "",
    "raise SystemExit(3)": "exit 3",
    "raise SystemExit('no')": "exit 1",
    "1 / 0": "exit 1",
    "import os; os._exit(7)": "exit 7",
    "import os; os.kill(os.getpid(), 9)": "ended by signal 9",
    "import sys; assert __name__ == '__main__' and sys.argv == [__file__] and sys.path[0] in __file__": "",
    "import torch; assert (torch.ones(2000, 2000) @ torch.ones(2000, 2000)).sum() == 2000.0**3": "",
}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> "subprocess.CompletedProcess[str]":
    """A warm-up whose steps are the scripts of ENDINGS, with --json."""
    folder = tmp_path_factory.mktemp("scripts")
    scripts = [folder / f"{number}.py" for number in range(len(ENDINGS))]
    for script, source in zip(scripts, ENDINGS, strict=True):
        script.write_text(source)
    return run_warmup(*(("Run", script) for script in scripts), as_json=True)


@pytest.mark.parametrize("source", ENDINGS)
def test_warmup_goes_on_after_any_ending(ended: "subprocess.CompletedProcess[str]", source: str) -> None:
    """Each script runs as `python FILE` would run it, with its name, arguments, folder and torch's threads."""
    results = json.loads(ended.stdout)["results"]
    assert results[list(ENDINGS).index(source)]["failure"] == ENDINGS[source]


def test_failed_step_is_exit_1_and_incomplete(ended: "subprocess.CompletedProcess[str]") -> None:
    """The exit code says the same as the one JSON document; what scripts print goes to standard error."""
    document = json.loads(ended.stdout)
    assert (ended.returncode, document["version"], document["complete"]) == (1, 2, False)
    assert "\ndone\n" in ended.stderr


def test_complete_warmup_is_exit_0(tmp_path: Path) -> None:
    """A page is shown, a script is run, and the practice copy is made in PREP_WORK."""
    script = tmp_path / "script.py"
    script.write_text("print('it ran')")
    steps = ("Skim", "testing/testing_strategy.md"), ("Run", script), ("Practice", "pytorch/model_training_loop.py")
    run = run_warmup(*steps, variables={"PREP_WORK": str(tmp_path / "work")}, as_json=True)
    document = json.loads(run.stdout)
    assert (run.returncode, document["complete"], len(document["results"])) == (0, True, 3)
    assert "it ran" in run.stderr
    copy = tmp_path / "work" / "training_loop.py"
    assert copy.read_bytes() == (ML / "pytorch" / "model_training_loop.py").read_bytes()


# Prints once its parent, the warm-up, waits: right after a fork, a signal can hit one of Python's own fork hooks,
# which drop it.
ENDLESS = """
import os, pathlib
status = pathlib.Path(f"/proc/{os.getppid()}/stat")
while status.exists() and status.read_text().rpartition(")")[2].split()[0] != "S":
    pass
print("running", flush=True)
while True:
    pass
"""


def test_interrupt_shows_the_results_so_far(tmp_path: Path) -> None:
    """Ctrl-C while a script runs: no traceback, the table with what was done and what was not, exit 130."""
    for name, source in (("quick", ""), ("endless", ENDLESS), ("never", "")):
        (tmp_path / f"{name}.py").write_text(source)
    command = warmup_command([("Run", tmp_path / f"{name}.py") for name in ("quick", "endless", "never")])
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as run:
        assert run.stdout
        assert "running\n" in run.stdout
        os.killpg(run.pid, signal.SIGINT)
        rest = run.stdout.read()
    assert run.returncode == 130, rest
    assert "Traceback" not in rest
    assert "done" in rest
    assert "not run" in rest


IMPORTED = {  # what an import does after Ctrl-C, until the interpreter shuts down
    "endless": "while True: time.sleep(0.01)",
    "registers": "while not threading._SHUTTING_DOWN: time.sleep(0.001)\nthreading._register_atexit(print)",
}


@pytest.mark.parametrize("name", IMPORTED)
def test_interrupt_does_not_wait_for_an_import(name: str, tmp_path: Path) -> None:
    """Ctrl-C in the middle of an import: the table so far, exit 130, and nothing about the import."""
    interrupt = "import os, signal, threading, time\nos.kill(os.getpid(), signal.SIGINT)\n"
    (tmp_path / f"{name}.py").write_text(interrupt + IMPORTED[name])
    script = tmp_path / "script.py"
    script.write_text("")
    run = subprocess.run(
        warmup_command([("Run", script)], {str(script): [name]}),
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (130, "")
    assert "not run" in run.stdout
