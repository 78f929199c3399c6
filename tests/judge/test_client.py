"""The judge's client and its server: over many verdicts, across restarts, and with drills that are half written."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from interview_prep.catalog.drill import Drill
from interview_prep.judge.client import NO_VERDICT, JudgeClient, JudgeError, describe_drill, read_reply
from tests.support.drills import DOUBLE, write_mistake
from tests.support.forked import list_children

ANSWERS = Path(__file__).parent / "answers"
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
WAITING = 30  # seconds in which something that has to happen soon has happened


def resident_bytes(client: JudgeClient) -> int:
    """What the server has in memory."""
    return int(Path(f"/proc/{client.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def count_descriptors(client: JudgeClient) -> int:
    """The server's open files: the least of some counts, as it lists the known mistakes now and then."""
    return min(len(list(Path(f"/proc/{client.process.pid}/fd").iterdir())) for _ in range(20))


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process does; fail where it doesn't."""
    deadline = time.monotonic() + WAITING
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_server_does_without_pyarrow_and_an_answer_can_import_it(judge_client: JudgeClient, tmp_path: Path) -> None:
    """pandas would import it for its strings: 70 MB, and a slower start."""
    answer = tmp_path / "answer.py"
    answer.write_text(f"import pyarrow.parquet\n{DOUBLE.solution.read_text()}")
    verdict = judge_client.judge(DOUBLE, answer)
    assert verdict.complete, verdict
    assert "libarrow" not in Path(f"/proc/{judge_client.process.pid}/maps").read_text()


def test_known_mistake_is_named(judge_client: JudgeClient, tmp_path: Path) -> None:
    """An answer that fails as a known mistake does is told so, and the check says with what it fails and passes."""
    verdict = judge_client.judge(DOUBLE, write_mistake(DOUBLE.folder, "first_row", tmp_path / "answer.py"))
    assert verdict.known_mistake == "Double every row, not the first alone."
    assert [(check.parameters, check.passed) for check in verdict.checks if check.name.startswith("test_batch")] == [
        ("batch=1", True),
        ("batch=2", False),
    ]


@pytest.mark.parametrize(("result", "advice"), [("x * x", "Add x to itself"), ("x**3", "")])
def test_guess_is_made_only_where_the_results_match(
    judge_client: JudgeClient, tmp_path: Path, result: str, advice: str
) -> None:
    """An answer that fails the same checks by other values makes another mistake."""
    answer = tmp_path / "answer.py"
    answer.write_text(f"def double(x):\n    return {result}\n")
    guess = judge_client.judge(DOUBLE, answer).known_mistake
    assert guess.startswith(advice)
    assert bool(guess) == bool(advice)


def test_nothing_is_compared_where_nobody_asks(judge_client: JudgeClient, tmp_path: Path) -> None:
    """Lint judges the mistakes themselves."""
    answer = write_mistake(DOUBLE.folder, "first_row", tmp_path / "answer.py")
    verdict = judge_client.judge(DOUBLE, answer, compare_with_known=False)
    assert (verdict.passed, verdict.known_mistake) == (False, "")


def test_mistakes_are_learned_by_the_same_server(judge_client: JudgeClient, tmp_path: Path) -> None:
    """To learn a drill's mistakes twice, before and after verdicts, ends no server."""
    judge_client.wait_until_ready()
    server = judge_client.process.pid
    judge_client.preload_drill(DOUBLE)
    assert judge_client.judge(DOUBLE, DOUBLE.solution).passed
    judge_client.preload_drill(DOUBLE)
    judge_client.wait_until_ready()
    squares = write_mistake(DOUBLE.folder, "squares", tmp_path / "answer.py")
    assert judge_client.judge(DOUBLE, squares).known_mistake.startswith("Add x to itself")
    assert judge_client.process.pid == server


def test_request_interrupts_learning(busy_client: JudgeClient, copy_double: Callable[..., Drill]) -> None:
    """An answer that comes while mistakes are learned waits for one of them, not for all."""
    drill = copy_double()
    (drill.folder / "mistakes").mkdir()
    for number in range(8):
        mistake = '"""Sleep."""\n\nimport time\n\ntime.sleep(2)\n\n\ndef double(x):\n    return x\n'
        (drill.folder / "mistakes" / f"sleeps_{number}.py").write_text(mistake)
    busy_client.wait_until_ready()
    begin = time.monotonic()
    busy_client.preload_drill(drill)
    assert busy_client.judge(drill, drill.solution).passed
    assert time.monotonic() - begin < 8, "all eight have been learned first"


def test_half_written_checks_are_named(busy_client: JudgeClient, copy_double: Callable[..., Drill]) -> None:
    """Checks that call the answer too early are a sentence, preloaded or not; once repaired they are used again."""
    busy_client.wait_until_ready()
    server = busy_client.process.pid
    drill = copy_double()
    right = drill.checks.read_text()
    drill.checks.write_text("from answer import double\n\nassert double(1) == 2\n")
    busy_client.preload_drill(drill)
    busy_client.wait_until_ready()
    assert busy_client.judge(drill, drill.solution).reason.startswith("The checks cannot be imported")
    busy_client.wait_until_ready()
    time.sleep(0.5)  # in which the preloaded process ends, having nothing to wait for
    drill.checks.write_text(right)
    assert busy_client.judge(drill, drill.solution).passed
    assert busy_client.process.pid == server


def test_preloaded_checks_of_another_drill_are_not_used(
    busy_client: JudgeClient, copy_double: Callable[..., Drill]
) -> None:
    """Whichever drill was preloaded, an answer meets the checks of its own."""
    drill = copy_double(".sum() == 12", ".sum().item() < 12")
    busy_client.preload_drill(drill)
    busy_client.wait_until_ready()
    assert busy_client.judge(DOUBLE, DOUBLE.solution).passed
    (failed,) = busy_client.judge(drill, drill.solution).failed
    assert (failed.got, failed.expected) == ("12", "< 12")


def test_warning_fails_where_a_drill_forbids_it(judge_client: JudgeClient, copy_double: Callable[..., Drill]) -> None:
    """Where the checks are marked for it, and the verdict says which warning and where."""
    mark = "import pytest\n\npytestmark = pytest.mark.filterwarnings('error')\n"
    drill = copy_double("import pytest\n", mark)
    verdict = judge_client.judge(drill, ANSWERS / "warns.py")
    first = verdict.failed[0]
    assert verdict.printed == ""
    assert (first.kind, first.expected, first.difference.partition(":")[0]) == ("UserWarning", "no warning", "line 6")


def test_answer_may_import_a_new_module(judge_client: JudgeClient, tmp_path: Path) -> None:
    """One that was never imported on this machine, and no bytecode is written for it."""
    (tmp_path / "never_seen.py").write_text("def twice(x):\n    return x + x\n")
    answer = tmp_path / "answer.py"
    lines = "import sys", f"sys.path.insert(0, {str(tmp_path)!r})", "from never_seen import twice as double"
    answer.write_text("\n".join(lines) + "\n")
    assert judge_client.judge(DOUBLE, answer).passed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.py", "never_seen.py"]


def test_many_verdicts_leave_memory_and_files_alone(judge_client: JudgeClient) -> None:
    """Mixed answers in a row are judged alike to the last, and the server neither grows nor keeps files open."""
    answers = [ANSWERS / f"{name}.py" for name in MIXED]
    first = [judge_client.judge(DOUBLE, answer, seconds=5) for answer in answers]
    judge_client.wait_until_ready()
    size, descriptors = resident_bytes(judge_client), count_descriptors(judge_client)
    rest = [judge_client.judge(DOUBLE, answer, seconds=5) for answer in answers * 8]
    judge_client.wait_until_ready()
    assert [verdict.passed for verdict in first] == [name in {"passes", "starts_threads"} for name in MIXED]
    for verdict, expected in zip(rest, first * 8, strict=True):
        assert (verdict.passed, verdict.reason, verdict.failure_signature) == (
            expected.passed,
            expected.reason,
            expected.failure_signature,
        )
    assert resident_bytes(judge_client) <= size * 1.05
    assert abs(count_descriptors(judge_client) - descriptors) < 5, "one file a verdict would be dozens"


def test_killed_server_is_replaced(judge_client: JudgeClient) -> None:
    """From outside: its waiting process ends as well, and the answer gets its verdict from another server."""
    judge_client.wait_until_ready()
    (waiting,) = list_children(judge_client.process.pid)
    os.kill(judge_client.process.pid, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{waiting}").exists())
    assert judge_client.judge(DOUBLE, ANSWERS / "fails.py").failed[0].kind == "value"


def test_killed_waiting_process_is_replaced(judge_client: JudgeClient) -> None:
    """An answer isn't given to a process that is gone."""
    judge_client.wait_until_ready()
    (waiting,) = list_children(judge_client.process.pid)
    os.kill(waiting, signal.SIGKILL)
    wait_until(lambda: "zombie" in Path(f"/proc/{waiting}/status").read_text())
    assert judge_client.judge(DOUBLE, DOUBLE.solution).passed


def test_kill_by_the_system_is_no_verdict(judge_client: JudgeClient, tmp_path: Path) -> None:
    """SIGKILL from nobody here is the kernel's when memory runs out: an error, and the judge goes on."""
    answer = tmp_path / "answer.py"
    answer.write_text(f"{DOUBLE.solution.read_text()}\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    with pytest.raises(JudgeError) as raised:
        judge_client.judge(DOUBLE, answer)
    says = "The system killed the process that ran the answer, probably because memory ran out."
    assert str(raised.value) == f"{says} {NO_VERDICT}"
    assert judge_client.judge(DOUBLE, DOUBLE.solution).passed


def test_solution_that_fails_here_is_no_verdict(judge_client: JudgeClient, copy_double: Callable[..., Drill]) -> None:
    """Where something on this machine breaks even the reference, no answer is told that it is wrong."""
    drill = copy_double(
        "def test_sum", "def test_machine() -> None:\n    import nonsense_of_this_machine\n\n\ndef test_sum"
    )
    with pytest.raises(JudgeError) as raised:
        judge_client.judge(drill, ANSWERS / "fails.py")
    says = "The drill's own solution doesn't pass on this machine now: test_machine fails."
    assert str(raised.value) == f"{says} {NO_VERDICT}"


def test_answer_that_ends_the_server_is_named(judge_client: JudgeClient, tmp_path: Path) -> None:
    """Where it does so twice and the reference does not, the answer did it."""
    kills = "import os\nfrom importlib import import_module as get\nget('ctypes').CDLL(None).kill(os.getppid(), 9)\n"
    answer = tmp_path / "answer.py"
    answer.write_text(f"{DOUBLE.solution.read_text()}\n{kills}")
    verdict = judge_client.judge(DOUBLE, answer)
    assert (verdict.passed, verdict.reason) == (False, "It killed the judge itself.")


def test_server_that_cannot_be_started_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process can be made: one line, and no traceback."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(JudgeError, match=r"The judge cannot start: .*/nowhere/python.*There is no verdict"):
        JudgeClient().wait_until_ready()


def test_server_starts_with_the_first_request() -> None:
    """Not when the client is made: `close` has nothing to end then."""
    with JudgeClient() as client:
        assert not client.has_started
        client.preload_drill(DOUBLE)
        assert client.process.poll() is None


def test_idle_server_ends_and_comes_back() -> None:
    """One that nobody asks ends by itself, without an error, and the next answer gets its verdict from another."""
    with JudgeClient(idle_seconds=0) as client:
        assert client.judge(DOUBLE, DOUBLE.solution).passed
        assert client.process.wait(timeout=60) == 0
        ended = client.process.pid
        assert client.judge(DOUBLE, ANSWERS / "fails.py").failed[0].kind == "value"
        assert client.process.pid != ended


def test_preload_that_an_ended_server_never_read_happens_again() -> None:
    """It was sent, and the server ended before it read it: the next server gets it first, and the verdict is right."""
    with JudgeClient() as client:
        client.wait_until_ready()
        os.kill(client.process.pid, signal.SIGSTOP)
        client.preload_drill(DOUBLE)
        client.process.kill()
        client.process.wait()
        client.wait_until_ready()
        wait_until(lambda: any(client.folder.rglob("test_answer*.pyc")))  # the checks are collected
        assert client.judge(DOUBLE, DOUBLE.solution).passed


class EndingJudge(JudgeClient):
    """Its server ends right after it was found to run, once."""

    is_ending = True

    def ensure_running(self) -> None:
        """Start the server if need be, and end the first one at once."""
        super().ensure_running()
        if self.is_ending:
            self.is_ending = False
            self.process.kill()
            self.process.wait()


def test_request_to_a_server_that_just_ended_gets_its_verdict() -> None:
    """It ended between the look whether it runs and the request."""
    with EndingJudge() as client:
        assert client.judge(DOUBLE, ANSWERS / "fails.py").failed[0].kind == "value"


def test_fault_in_a_reply_is_an_error() -> None:
    """A reply of the server is a verdict or a fault."""
    with pytest.raises(JudgeError, match=r"The disk is full\. There is no verdict"):
        read_reply(b'{"fault": "The disk is full."}')


def test_server_may_write_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person's PYTHONDONTWRITEBYTECODE doesn't reach it: the checks would be rewritten for each verdict."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    with JudgeClient() as client:
        client.preload_drill(DOUBLE)
        environ = Path(f"/proc/{client.process.pid}/environ")
        wait_until(lambda: b"PYTHONUTF8=1" in environ.read_bytes())
        environment = environ.read_bytes().split(b"\0")
    assert not [setting for setting in environment if setting.startswith(b"PYTHONDONTWRITEBYTECODE")]


def test_drill_is_described_for_the_server() -> None:
    """Folder, forbidden calls, what the checks import, and the names that the solution itself uses."""
    spec = describe_drill(DOUBLE)
    assert spec.folder == str(DOUBLE.folder.resolve())
    assert (spec.forbids, spec.required_names) == (["torch.mul", "torch.Tensor.mul", "torch.nn.Identity"], ["double"])
    assert spec.allowed_names == []


def test_names_of_the_solution_are_allowed(copy_double: Callable[..., Drill]) -> None:
    """A drill about comparing lets an answer define `__eq__`, because its solution does."""
    drill = copy_double()
    drill.solution.write_text("class Number:\n    def __eq__(self, other): return True\n")
    assert describe_drill(drill).allowed_names == ["__eq__"]
