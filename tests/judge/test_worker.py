"""The worker over many verdicts, the patterns of mistakes, and the checks by plain pytest."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from interview_prep.catalog.drill import load_drill
from interview_prep.catalog.find import list_drill_folders
from interview_prep.judge.client import JudgeClient
from interview_prep.paths import DRILLS, ROOT
from tests.support.drills import DOUBLE

HERE = Path(__file__).parent
MIXED = (
    "passes",
    "fails",
    "exits",
    "forbidden_and_caught",
    "prints_1_gb",
    "recurses",
    "starts_threads",
    "patches_torch",
)
STATEFUL = "generate_with_cache", "training_loop", "lying_metrics"  # whose mistakes change what is global
PASSES = {"passes", "starts_threads"}


def resident(worker: JudgeClient) -> int:
    """The pages that the worker has in memory, in bytes."""
    return int(Path(f"/proc/{worker.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def descriptors(worker: JudgeClient) -> int:
    """The least of some counts: while nobody asks, it lists the known mistakes now and then."""
    return min(len(list(Path(f"/proc/{worker.process.pid}/fd").iterdir())) for _ in range(20))


def test_learns_while_nobody_waits(worker: JudgeClient) -> None:
    """To learn a drill's mistakes delays no verdict for long, and ends no worker."""
    worker.wait_until_ready()
    process = worker.process.pid
    worker.preload_drill(DOUBLE)
    assert worker.judge(DOUBLE, DOUBLE.solution).passed
    worker.preload_drill(DOUBLE)
    worker.wait_until_ready()
    assert worker.judge(DOUBLE, DOUBLE.folder / "wrong/squares.py").known_mistake.startswith("Add x to itself")
    assert worker.process.pid == process


def test_learning_is_interrupted(worker: JudgeClient, tmp_path: Path) -> None:
    """A verdict that is asked for with the next breath waits for one mistake to be learned, not for all."""
    shutil.copytree(DOUBLE.folder, tmp_path / "golden" / "double")
    for number in range(8):
        mistake = '"""Sleep."""\n\nimport time\n\ntime.sleep(2)\n\n\ndef double(x):\n    return x\n'
        (tmp_path / "golden" / "double" / "wrong" / f"sleeps_{number}.py").write_text(mistake)
    drill = load_drill(tmp_path / "golden" / "double")
    begin = time.monotonic()
    worker.preload_drill(drill)
    assert worker.judge(drill, drill.solution).passed
    assert time.monotonic() - begin < 8, "all eight have been learned first"
    worker.preload_drill(DOUBLE)


@pytest.mark.parametrize("mistake", ["import nonsense", "import os\n\nos._exit(0)", "while True:\n    pass"])
def test_mistake_that_cannot_be_rehearsed(worker: JudgeClient, tmp_path: Path, mistake: str) -> None:
    """A known mistake that is refused, ends the process or never ends says nothing about the answer."""
    folder = Path(shutil.copytree(DOUBLE.folder, tmp_path / "golden" / "double"))
    (folder / "wrong" / "a_first.py").write_text(f'"""Not yet written."""\n\n{mistake}\n')
    drill = load_drill(folder)
    worker.preload_drill(drill)
    worker.wait_until_ready()
    time.sleep(1)  # in which it rehearses
    assert worker.judge(drill, drill.solution).passed
    worker.preload_drill(DOUBLE)


def test_practising_with_checks_that_are_half_written(worker: JudgeClient, tmp_path: Path) -> None:
    """What is the matter is said, and the worker goes on."""
    worker.wait_until_ready()
    process = worker.process.pid
    folder = Path(shutil.copytree(DOUBLE.folder, tmp_path / "golden" / "double"))
    drill = load_drill(folder)
    (folder / "test_answer.py").write_text("from answer import double\n\nassert double(1) == 2\n")
    worker.preload_drill(drill)
    worker.wait_until_ready()
    time.sleep(1)  # in which it would rehearse
    assert worker.judge(drill, drill.solution).reason.startswith("The checks cannot be imported")
    worker.preload_drill(DOUBLE)
    worker.wait_until_ready()
    assert worker.process.pid == process


@pytest.fixture(scope="module")
def unrehearsed() -> Iterator[JudgeClient]:
    with JudgeClient() as worker:
        yield worker


@pytest.mark.parametrize("name", STATEFUL)
def test_rehearsal_changes_no_verdict(worker: JudgeClient, unrehearsed: JudgeClient, name: str) -> None:
    """What a process has rehearsed with a known mistake shows in no verdict, whenever the answer comes."""
    drill = load_drill(next(folder for folder in list_drill_folders() if folder.name == name))
    worker.preload_drill(drill)
    worker.wait_until_ready()
    for answer, pause in ((drill.solution, 0), (drill.solution, 0.1), (drill.mistakes[-1], 0.2), (drill.solution, 1)):
        time.sleep(pause)  # so that it comes before, in and after the rehearsal
        expected = unrehearsed.judge(drill, answer, compare_with_known=False)
        assert worker.judge(drill, answer, compare_with_known=False) == expected
        assert expected.passed == (answer == drill.solution)


@pytest.mark.parametrize("answer", ["passes", "fails", "exits", "kills_its_parent"])
def test_without_fork(worker: JudgeClient, no_fork: JudgeClient, answer: str) -> None:
    """Where an interpreter of its own takes the place of a fork, the verdict is the same, and nothing is left."""
    path = HERE / "answers" / f"{answer}.py"
    assert no_fork.judge(DOUBLE, path, compare_with_known=False) == worker.judge(DOUBLE, path, compare_with_known=False)
    assert children(no_fork.process.pid) == 1  # that waits for the next


@pytest.fixture(scope="module")
def no_fork() -> Iterator[JudgeClient]:
    with JudgeClient(fork=False) as worker:
        yield worker


def children(pid: int) -> int:
    return len(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def test_a_process_whose_judge_is_gone() -> None:
    """A process that is never asked anything, as the kit was left in the moment of its start, ends without a word."""
    program = """
import os
from interview_prep.judge import attempt

(order, asks), (_, report) = os.pipe(), os.pipe()
os.close(asks)
attempt.child_main(None, order, report, report)
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_a_process_that_is_not_heard() -> None:
    """A process that sees its line closed, and ends before the judge ends it, has closed its line as well."""
    program = """
import os
from interview_prep.judge import attempt

heard, report = os.pipe()
os.close(heard)
child = os.fork()
if child == 0:
    os.setsid()
    attempt.make_signed_sender(report, b"key")({})
os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
print(attempt.kill_process_tree(child))
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("It closes its line to the judge\n", "")


def test_first_import_of_a_module(worker: JudgeClient, tmp_path: Path) -> None:
    """An answer may import what was never imported on this machine: no bytecode is written for it."""
    (tmp_path / "never_seen.py").write_text("def twice(x):\n    return x + x\n")
    answer = tmp_path / "answer.py"
    lines = "import sys", f"sys.path.insert(0, {str(tmp_path)!r})", "from never_seen import twice as double"
    answer.write_text("\n".join(lines) + "\n")
    assert worker.judge(DOUBLE, answer).passed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.py", "never_seen.py"]


def test_two_hundred_verdicts(worker: JudgeClient) -> None:
    """Mixed answers in a row are judged alike to the last, and memory and open files stay where they were."""
    answers = [HERE / "answers" / f"{MIXED[number % len(MIXED)]}.py" for number in range(208)]
    first = [worker.judge(DOUBLE, answer, seconds=5) for answer in answers[:8]]
    worker.wait_until_ready()
    before, files = resident(worker), descriptors(worker)
    rest = [worker.judge(DOUBLE, answer, seconds=5) for answer in answers[8:]]
    worker.wait_until_ready()
    assert [verdict.passed for verdict in first] == [name in PASSES for name in MIXED]
    for verdict, expected in zip(rest, first * 25, strict=True):
        assert (verdict.passed, verdict.reason, verdict.failure_signature) == (
            expected.passed,
            expected.reason,
            expected.failure_signature,
        )
    assert resident(worker) <= before * 1.05
    assert descriptors(worker) == files


@pytest.mark.parametrize(
    ("answer", "says"), [("solution.py", "20 passed"), ("wrong/hides_itself.py", "8 failed, 12 passed")]
)
def test_plain_pytest(answer: str, says: str) -> None:
    """The same checks run by hand, against the file that ANSWER names."""
    folder = DRILLS / "attention" / "causal_mask"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(folder)],
        cwd=ROOT, env={**os.environ, "ANSWER": str(folder / answer)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert says in run.stdout
    assert run.returncode == ("failed" in says)


@pytest.mark.parametrize(
    ("drill", "function", "passes"),
    [("attention/causal_mask", "build_mask", True), ("classical/k_means", "assign", False)],
)
def test_warnings_by_hand(worker: JudgeClient, tmp_path: Path, drill: str, function: str, *, passes: bool) -> None:
    """By hand as in the judge a warning fails where the drill forbids warnings, and nowhere else."""
    folder, answer = DRILLS / drill, tmp_path / "answer.py"
    warns = (
        f"import warnings\nright = {function}\ndef {function}(*args):\n    warnings.warn('!'); return right(*args)\n"
    )
    answer.write_text(f"{(folder / 'solution.py').read_text()}\n{warns}")
    command, env = [sys.executable, "-m", "pytest", "-q", str(folder)], {**os.environ, "ANSWER": str(answer)}
    run = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False)
    assert (run.returncode == 0, worker.judge(load_drill(folder), answer).passed) == (passes, passes)
