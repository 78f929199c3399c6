"""The authoring contract of drills, proven by running: starts fail, solutions pass, whatever is known as wrong fails.

Left out: whether a prompt is good. A drill whose folder is incomplete is not run.
"""

import ast
import os
import queue
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from interview_prep.authoring import mutations
from interview_prep.authoring.folder_lint import validate_folder
from interview_prep.catalog.drill import Drill, load_drill
from interview_prep.catalog.sources import imported_names, parse_source
from interview_prep.judge.client import JudgeClient
from interview_prep.judge.verdict import Verdict

WAYS = [name for name in vars(mutations.Mutation) if not name.startswith("_")]
LONGEST = 75  # characters of what a check is about: it stands on one line of a terminal


@dataclass(frozen=True)
class LintResult:
    """What is wrong with one drill: nothing, where `problems` is empty."""

    drill: str
    problems: tuple[str, ...]
    verdicts: int
    mistakes: int
    seconds: float


def lint_drills(folders: Sequence[Path]) -> Iterator[LintResult]:
    """Prove each drill, several at a time, in the folders' order."""
    count = max(1, min(os.cpu_count() or 1, len(folders)))
    idle: queue.SimpleQueue[JudgeClient] = queue.SimpleQueue()
    started = [JudgeClient() for _ in range(count)]
    for worker in started:
        idle.put(worker)

    def proven(folder: Path) -> LintResult:
        worker = idle.get()
        try:
            return lint_drill(folder, worker)
        finally:
            idle.put(worker)

    try:
        with ThreadPoolExecutor(count) as pool:
            yield from pool.map(proven, folders)
    finally:
        for worker in started:
            worker.close()


def lint_drill(folder: Path, worker: JudgeClient) -> LintResult:
    """All that is wrong with one drill."""
    begin = time.perf_counter()
    found = list(validate_folder(folder))
    judged: dict[str, Verdict] = {}
    count = 0
    if not found:
        drill = load_drill(folder)
        judged = judge_programs(drill, worker)
        found = [*check_verdicts(drill, judged), *check_forbidden(drill, worker), *check_mutations(drill, worker)]
        count = len(judged) + len(drill.forbids) + len(list_functions(drill)) * len(WAYS)
    wrong = sum(name.startswith("wrong/") for name in judged)
    return LintResult(folder.name, tuple(found), count, wrong, time.perf_counter() - begin)


def judge_programs(drill: Drill, worker: JudgeClient) -> dict[str, Verdict]:
    """Each program of the folder with its verdict."""
    programs = [drill.start, drill.solution, *drill.mistakes]
    return {
        str(path.relative_to(drill.folder)): worker.judge(drill, path, compare_with_known=False) for path in programs
    }


def check_verdicts(drill: Drill, judged: dict[str, Verdict]) -> Iterator[str]:
    """Where the verdicts are not what the names of the programs promise."""
    solution = judged["solution.py"]
    if not solution.passed:
        first = solution.failed[0].description if solution.failed else solution.reason
        yield f"{drill.name}/solution.py: is rejected: {first}"
    alike: dict[frozenset[tuple[str, str]], str] = {}
    for name, verdict in judged.items():
        if verdict.passed and name != "solution.py":
            yield f"{drill.name}/{name}: passes"
        if not verdict.passed and verdict.reason and name != "solution.py":
            yield f"{drill.name}/{name}: is rejected without a failed check: {verdict.reason}"
        if (
            name.startswith("wrong/")
            and verdict.failed
            and (twin := alike.setdefault(verdict.failure_signature, name)) != name
        ):
            yield f"{drill.name}/{name}: fails as {twin} does, so that no verdict can tell them apart"
    for check in solution.checks:
        if not check.description or check.description == check.name or len(check.description) > LONGEST:
            yield f"{drill.name}/test_answer.py: {check.name} needs a docstring of at most {LONGEST} characters"


def check_forbidden(drill: Drill, worker: JudgeClient) -> Iterator[str]:
    """Where the solution with a forbidden name added to it is not rejected by that name."""
    for name in drill.forbids:
        verdict = judge_with_suffix(drill, f"import {name.partition('.')[0]}\n{name}\n", worker)
        if name not in verdict.reason:
            yield f"{drill.name}/prompt.md: forbids {name}, which is not rejected: {verdict.reason or 'it passes'}"


def check_mutations(drill: Drill, worker: JudgeClient) -> Iterator[str]:
    """Where no check minds that what one function of the solution gives has another shape."""
    source = Path(mutations.__file__).read_text(encoding="utf-8")
    for name in list_functions(drill):
        for way in WAYS:
            verdict = judge_with_suffix(drill, f"{source}\n{name} = reshaped({name}, Reshaping.{way})\n", worker)
            if verdict.passed and mutations.CHANGED in verdict.printed:
                yield f"{drill.name}/test_answer.py: accepts what {name} gives when it is {way}"


def list_functions(drill: Drill) -> list[str]:
    """What the start asks to write and the checks import: functions, and the public methods of classes."""
    found, wanted = [], imported_names(drill)
    for node in parse_source(drill.start).body:
        if isinstance(node, ast.FunctionDef):
            found.append(node.name)
        elif isinstance(node, ast.ClassDef):
            methods = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
            found += [f"{node.name}.{name}" for name in methods if not name.startswith("_")]
    return [name for name in found if name.partition(".")[0] in wanted]


def judge_with_suffix(drill: Drill, more: str, worker: JudgeClient) -> Verdict:
    """That on the solution with more source below it."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer.py")
        answer.write_text(f"{drill.solution.read_text(encoding='utf-8')}\n{more}", encoding="utf-8")
        return worker.judge(drill, answer, compare_with_known=False)
