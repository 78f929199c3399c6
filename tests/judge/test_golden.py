"""The judge against answers that fail, hang, cheat and destroy: each has its verdict, and the judge lives on."""

import ast
import os
import re
import shutil
from pathlib import Path

import pytest

from interview_prep.catalog.drill import load_drill
from interview_prep.judge import forbids
from interview_prep.judge.client import JudgeClient
from interview_prep.judge.verdict import Verdict
from tests.support.drills import DOUBLE

HERE = Path(__file__).parent
SECONDS = 1.5
REFUSED = {  # the reason, whatever the checks say
    "empty": r"The file is empty\.",
    "syntax_error": r"It does not parse: SyntaxError: expected ':'",
    "import_error": r"It cannot be imported: ModuleNotFoundError: No module named 'nonsense",
    "wrong_name": r"It defines no double; start\.py shows the signature\.",
    "sys_exit_when_imported": r"It cannot be imported: SystemExit: 0",
    "exits": r"It ends the process in test_example\.",
    "exits_when_imported": r"It ends the process while it is imported\.",
    "aborts": r"It is ended by SIGABRT in test_example\.",
    "keyboard_interrupt": r"It raises KeyboardInterrupt, which no check can catch\.",
    "sleeps": r"It takes more than 1\.5 s in test_example\.",
    "sleeps_when_imported": r"It takes more than 1\.5 s while it is imported\.",
    "loops_in_python": r"It takes more than 1\.5 s in test_example\.",
    "loops_in_c": r"It takes more than 1\.5 s in test_example\.",
    "catches_everything_and_goes_on": r"It takes more than 1\.5 s in test_example\.",
    "ignores_signals": r"It takes more than 1\.5 s in test_example\.",
    "forks": r"It starts a process\.",
    "forks_by_multiprocessing": r"It starts a process\.",
    "starts_a_daemon": r"It starts a process\.",
    "kills_its_parent": r"It sends a signal to another process\.",
    "writes_to_every_descriptor": r"It ends the process while it is imported\.",
    "closes_every_descriptor": r"It closes its line to the judge in test_example\.",
    "patches_torch": r"It replaces torch\.testing\.assert_close\.",
    "patches_pytest": r"It replaces Function\.runtest\.",
    "patches_the_checks": r"It uses _getframe, which no answer needs",
    "patches_json": r"It replaces json\.dumps\.",
    "patches_the_judge": r"It replaces Reporter\.build_check_result\.",
    "replaces_a_module": r"It replaces the module torch\.testing\.",
    "defines_equality": r"It uses __eq__, which no answer needs",
    "defines_truth": r"It defines a kind of Tensor, Right, which would decide itself how it is compared\.",
    "sets_equality": r"It gives Tensor another __eq__\.",
    "returns_any": r"It uses unittest\.mock, which no answer needs",
    "reads_the_solution": r"It reads solution\.py of the drill\.",
    "imports_the_solution": r"It reads solution.* of the drill\.",
    "deletes_itself": r"It changes .*deletes_itself\.py\.",
    "writes_beside_itself": r"It writes .*left_behind\.",
    "uses_the_network": r"It uses the network\.",
    "forbidden_by_name": r"It uses torch\.mul, which this drill is about: write it yourself\.",
    "forbidden_by_alias": r"It uses torch\.mul, which",
    "forbidden_as_method": r"It uses torch\.Tensor\.mul, which",
    "forbidden_beside_an_own_method": r"It uses torch\.Tensor\.mul, which",
    "forbidden_by_getattr": r"It uses torch\.mul, which",
    "forbidden_class_by_getattr": r"It uses torch\.nn\.Identity, which",
    "forbidden_and_caught": r"It uses torch\.mul, which",
    "recurses_in_source": r"It does not parse: (RecursionError|MemoryError|SyntaxError)",
}
FAILS = {  # the kind of the first failed check
    "fails": "value",
    "steals_the_key": "value",
    "wrong_signature": "TypeError",
    "returns_none": "none",
    "returns_array": "type",
    "returns_a_lambda": "type",
    "raises_when_shown": "SystemExit",
    "recurses": "RecursionError",
    "sys_exit": "SystemExit",
    "allocates_64_gb": "RuntimeError",
    "allocates_lists": "MemoryError",
    "prints_1_gb": "OSError",
    "prints_1_gb_to_the_descriptor": "OSError",
}
PASSES = {
    *("passes", "closes_its_output", "starts_threads", "writes_in_its_folder"),
    *("warns", "has_methods_of_a_forbidden_name"),
    *("uses_threads_of_torch", "changes_the_world", "pickles_a_tensor", "looks_for_the_checks"),
}
SOURCE = DOUBLE.solution.read_bytes()
MADE = {
    "with a BOM": (b"\xef\xbb\xbf" + SOURCE, ""),
    "with CRLF": (SOURCE.replace(b"\n", b"\r\n"), ""),
    "not in UTF-8": (b"# \xe4\n" + SOURCE, r"It does not parse: SyntaxError: invalid or missing encoding declaration"),
    "with a null byte": (SOURCE + b"\0", r"It does not parse: "),
    "of 10 MB": (SOURCE + b"#\n" * (5 << 20), r"The file has 10 MB: no answer is as long as that\."),
}


def judged(worker: JudgeClient, answer: str) -> Verdict:
    seconds = SECONDS if "takes more" in REFUSED.get(answer, "") else 30  # which no test waits for
    return worker.judge(DOUBLE, HERE / "answers" / f"{answer}.py", seconds=seconds)


@pytest.mark.parametrize("answer", sorted(REFUSED))
def test_refused(worker: JudgeClient, answer: str) -> None:
    """What ends, hangs or cheats fails with a sentence that says so."""
    verdict = judged(worker, answer)
    assert not verdict.passed
    assert re.match(REFUSED[answer], verdict.reason), verdict


@pytest.mark.parametrize(("forbidden", "found"), [("torch.Tensor.mul", []), ("numpy.ndarray.sort", [4])])
def test_own_method_of_a_forbidden_name(forbidden: str, found: list[int]) -> None:
    """It is the answer's own only where a tripwire watches the library's, which a type in C does not allow."""
    name = forbidden.rpartition(".")[2]
    source = f"class Own:\n    def {name}(self):\n        pass\nOwn().{name}()\n"
    assert [line for _, line in forbids.find_forbidden_calls(list(ast.walk(ast.parse(source))), [forbidden])] == found


@pytest.mark.parametrize("answer", sorted(FAILS))
def test_fails(worker: JudgeClient, answer: str) -> None:
    """What is merely wrong fails by a check of a known kind."""
    verdict = judged(worker, answer)
    assert not verdict.passed
    assert verdict.failed[0].kind == FAILS[answer], verdict


@pytest.mark.parametrize("answer", sorted(PASSES))
def test_passes(worker: JudgeClient, answer: str) -> None:
    """What is right passes, whatever else it does to its own process."""
    verdict = judged(worker, answer)
    assert verdict.passed, verdict
    assert len(verdict.checks) == 5


def test_every_answer_is_expected() -> None:
    """No file among the answers goes unjudged."""
    assert {path.stem for path in (HERE / "answers").glob("[!.]*.py")} == {*REFUSED, *FAILS, *PASSES}


@pytest.mark.parametrize("made", MADE)
def test_source(worker: JudgeClient, tmp_path: Path, made: str) -> None:
    """A source in another dress passes or is refused with the reason."""
    source, reason = MADE[made]
    answer = tmp_path / "answer.py"
    answer.write_bytes(source)
    verdict = worker.judge(DOUBLE, answer)
    assert verdict.passed == (not reason)
    assert re.match(reason, verdict.reason), verdict


def test_known_mistake_is_named(worker: JudgeClient) -> None:
    """An answer that fails as a known mistake does is told so, and the check says with what it fails and passes."""
    verdict = worker.judge(DOUBLE, DOUBLE.folder / "wrong/first_row.py")
    assert verdict.known_mistake == "Double every row, not the first alone."
    assert [(check.parameters, check.passed) for check in verdict.checks if check.name.startswith("test_batch")] == [
        ("batch=1", True),
        ("batch=2", False),
    ]


def test_warning_that_a_drill_minds(worker: JudgeClient, tmp_path: Path) -> None:
    """A warning fails where the checks are marked to mind it, and the verdict says which and where."""
    folder = Path(shutil.copytree(DOUBLE.folder, tmp_path / "golden" / "double"))
    checks = (folder / "test_answer.py").read_text()
    (folder / "test_answer.py").write_text(f"{checks}\n\npytestmark = pytest.mark.filterwarnings('error')\n")
    verdict = worker.judge(load_drill(folder), HERE / "answers/warns.py")
    first = verdict.failed[0]
    assert verdict.printed == ""
    assert (first.kind, first.expected, first.difference.partition(":")[0]) == ("UserWarning", "no warning", "line 5")


def test_operator_of_an_assert(worker: JudgeClient, tmp_path: Path) -> None:
    """Where a check does not ask for equality, what is due begins with the operator."""
    folder = Path(shutil.copytree(DOUBLE.folder, tmp_path / "golden" / "double"))
    checks = (folder / "test_answer.py").read_text().replace(".sum() == 12", ".sum().item() < 12")
    (folder / "test_answer.py").write_text(checks)
    drill = load_drill(folder)
    (failed,) = worker.judge(drill, drill.solution).failed
    assert (failed.got, failed.expected) == ("12", "< 12")


def test_nothing_is_left(worker: JudgeClient) -> None:
    """After the worst of them no process and no file remains, and the same worker still gives right verdicts."""
    worker.wait_until_ready()
    files, process = set(HERE.rglob("*")), worker.process.pid
    for answer in ("starts_a_daemon", "starts_threads", "ignores_signals", "exits", "writes_in_its_folder"):
        judged(worker, answer)
    assert judged(worker, "passes").passed
    assert not judged(worker, "fails").passed
    worker.wait_until_ready()
    assert len(children(process)) == 1  # the one that waits for the next answer; orphans would be children as well
    assert set(HERE.rglob("*")) == files
    assert worker.process.pid == process
    assert sorted(path.name for path in Path(worker.folder.name).iterdir()) == ["bytecode", "scratch"]


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()


def test_worker_comes_back(worker: JudgeClient) -> None:
    """A worker that was killed from outside is started again: the answer did not do it, and gets its verdict."""
    os.kill(worker.process.pid, 9)
    assert judged(worker, "passes").passed
    os.kill(worker.process.pid, 9)
    assert judged(worker, "fails").failed[0].kind == FAILS["fails"]
