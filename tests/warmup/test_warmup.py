"""The plans are those of the description, and the warm-up goes through them whatever happens on the way."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from interview_prep.console import with_absolute_links
from interview_prep.paths import ROOT
from interview_prep.warmup import runner
from tests.support.invoke import INVOKE


@pytest.mark.parametrize("minutes", [30, 60, 90])
def test_the_time_boxes_add_up(minutes: int) -> None:
    """A plan of so many minutes takes so many minutes."""
    assert sum(step.minutes for step in runner.make_plan(minutes)) == minutes


def test_a_longer_plan_begins_with_the_shorter_one() -> None:
    """The description of the 60-minute plan begins with all of the 30-minute one."""
    assert runner.make_plan(90)[:7] == runner.make_plan(60)
    assert runner.make_plan(60)[:4] == runner.make_plan(30)


def test_the_readme_has_the_same_plan() -> None:
    """Each step stands in the README, in order, with its minutes."""
    text = (ROOT / "README.md").read_text().partition("## The plan")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line[:1].isdigit()]
    steps = runner.make_plan(90)
    assert len(lines) == len(steps)
    for line, step in zip(lines, steps, strict=True):
        assert f"({step.minutes} min)" in line
        assert Path(step.path or "interview_prep/ml").stem.replace("model_training_loop", "training_loop") in line


def test_every_step_names_a_file_that_is_there() -> None:
    """The plan cannot outlive the tree."""
    assert [step.path for step in runner.make_plan(90) if not (runner.ML / step.path).exists()] == []


ENDINGS = {
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
def failures(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """How each script of ENDINGS ended, as steps of one warm-up in a process of its own: this one has used OpenMP."""
    folder = tmp_path_factory.mktemp("scripts")
    for number, source in enumerate(ENDINGS):
        (folder / f"{number}.py").write_text(source)
    program = (
        "import json, sys\n"
        "from interview_prep.warmup import runner as warmup\n"
        "from interview_prep.console import Printer\n"
        "steps = [warmup.Step('Run', path, 1) for path in sys.argv[1:]]\n"
        "outcomes = warmup.run_steps(steps, Printer(json=True), wait=False)\n"
        "print(json.dumps([outcome.failure for outcome in outcomes]))"
    )
    paths = [str(folder / f"{number}.py") for number in range(len(ENDINGS))]
    command = [sys.executable, "-c", program, *paths]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize("source", ENDINGS)
def test_however_a_script_ends_the_warm_up_goes_on_and_says_how(failures: list[str], source: str) -> None:
    """As `python FILE` would run it: its name, arguments and folder, with torch's threads at work."""
    assert failures[list(ENDINGS).index(source)] == ENDINGS[source]


def test_the_practice_copy_is_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second warm-up finds what the first one left, changed or not."""
    copy = tmp_path / "work" / "training_loop.py"
    monkeypatch.setattr(runner, "ROOT", tmp_path)
    monkeypatch.setattr(runner, "PRACTICE_COPY", copy)
    runner.copy_for_practice()
    assert copy.read_bytes() == (runner.ML / "pytorch" / "model_training_loop.py").read_bytes()
    copy.write_text("mine")
    assert "still" in runner.copy_for_practice()
    assert copy.read_text() == "mine"


def test_json_is_one_document_and_complete() -> None:
    """Scripts print to standard error then; the exit code says the same as the document."""
    run = subprocess.run([INVOKE, "warmup", "--yes", "--json"], cwd=ROOT, capture_output=True, text=True, check=False)
    document = json.loads(run.stdout)
    assert (run.returncode, document["complete"], len(document["results"])) == (0, True, 4)
    assert "accuracy" in run.stderr


def heed_interrupts() -> None:
    """A test run started in the background ignores them, and its children would too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupt_ends_with_the_table_so_far() -> None:
    """Ctrl-C in the middle of a script: no traceback, the steps that were done, exit 130."""
    with subprocess.Popen(
        [INVOKE, "warmup", "--yes"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interrupts,  # noqa: PLW1509 - this process has no other thread that holds a lock
    ) as run:
        assert run.stdout
        for line in run.stdout:
            if "2 of 4" in line:
                break
        time.sleep(1)
        os.killpg(run.pid, signal.SIGINT)
        rest = run.stdout.read()
    assert run.returncode == 130
    assert "Traceback" not in rest
    assert "done" in rest
    assert "not run" in rest


INTERRUPTED = """
import os, signal, sys
from invoke.exceptions import Exit
from interview_prep.warmup import preload, runner as warmup
preload.IMPORTS["pytorch/model_training_loop.py"] = (sys.argv[1],)
try:
    warmup.run_warmup(30, yes=True, json=False)
except Exit as end:
    raise SystemExit(end.code)
"""
IMPORTED = {  # what an import does in the moment of Ctrl-C, and until the interpreter shuts down
    "endless": "while True: time.sleep(0.01)",
    "registers": "while not threading._SHUTTING_DOWN: time.sleep(0.001)\nthreading._register_atexit(print)",
}


def write_module(folder: Path, name: str) -> None:
    """A module that interrupts this process as soon as it is imported, as a person in that moment would."""
    interrupt = "import os, signal, threading, time\nos.kill(os.getpid(), signal.SIGINT)\n"
    (folder / f"{name}.py").write_text(interrupt + IMPORTED[name])


@pytest.mark.parametrize("name", IMPORTED)
def test_an_interrupt_does_not_wait_for_an_import(name: str, tmp_path: Path) -> None:
    """Ctrl-C in the middle of an import: the table so far, exit 130, and not a word of what is being imported."""
    write_module(tmp_path, name)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    run = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, name],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
        preexec_fn=heed_interrupts,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (130, "")
    assert "not run" in run.stdout


def test_an_import_that_outlives_the_process_says_nothing() -> None:
    """Whatever ends the process meanwhile, what is refused to an import then is nobody's business."""
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


def test_links_of_a_sheet_open_from_a_terminal() -> None:
    """A link beside a page becomes the file's address, and every one of these files is there."""
    page = runner.ML / "huggingface" / "tokenization_notes.md"
    targets = re.findall(r"\]\((file://[^)#]+)", with_absolute_links(page))
    assert (ROOT / "interview_prep/drills/text/bpe/prompt.md").as_uri() in targets
    assert (runner.ML / "huggingface" / "fine_tuning_outline.md").as_uri() in targets
    assert [target for target in targets if not Path(target.removeprefix("file://")).exists()] == []


FORKS = """
import os, signal, threading
import torch
from interview_prep.warmup.preload import wait_for_end

def work():
    torch.ones(64, 64) @ torch.ones(64, 64)

for _ in range(150):
    thread = threading.Thread(target=work)
    thread.start()
    wait_for_end(thread)
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        work()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, "a fork hangs"
"""


def test_a_fork_after_a_thread_does_not_hang() -> None:
    """A thread that has ended holds no lock that a fork would wait for; by join() alone, one fork in ten hung."""
    one = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", FORKS], cwd=ROOT, env=one, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
