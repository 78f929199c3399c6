"""The contract of drills, proven by running: starts fail, solutions pass, known mistakes and mutations are rejected.

Left out: a drill whose folder is incomplete, which is not run.
"""

import ast
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
from interview_prep.catalog.families import expand_forbidden
from interview_prep.catalog.mistakes import load_mistakes
from interview_prep.catalog.prompt import EDGES
from interview_prep.catalog.sources import find_imported_names, parse_source
from interview_prep.judge.client import JudgeClient
from interview_prep.judge.source_rules import find_forbidden_calls
from interview_prep.judge.verdict import Verdict
from interview_prep.machine.resources import count_processors

MUTATIONS = [name for name in vars(mutations.Mutation) if not name.startswith("_")]
MAX_DESCRIPTION = 75  # characters of a check's sentence, which is shown on one line of a terminal


@dataclass(frozen=True)
class LintResult:
    """What is wrong with one drill: nothing, where `problems` is empty."""

    drill: str
    problems: tuple[str, ...]
    verdicts: int
    mistakes: int
    seconds: float


def lint_drills(folders: Sequence[Path]) -> Iterator[LintResult]:
    """Lint each drill, several at a time; yields the results in the folders' order."""
    count = max(1, min(count_processors(), len(folders)))
    judges = [JudgeClient() for _ in range(count)]
    idle_judges: queue.SimpleQueue[JudgeClient] = queue.SimpleQueue()
    for judge in judges:
        idle_judges.put(judge)

    def lint_with_idle_judge(folder: Path) -> LintResult:
        judge = idle_judges.get()
        try:
            return lint_drill(folder, judge)
        finally:
            idle_judges.put(judge)

    try:
        with ThreadPoolExecutor(count) as pool:
            yield from pool.map(lint_with_idle_judge, folders)
    finally:
        for judge in judges:
            judge.close()


def lint_drill(folder: Path, judge: JudgeClient) -> LintResult:
    """Find all that is wrong with one drill."""
    begin = time.perf_counter()
    problems = list(validate_folder(folder))
    verdicts: dict[str, Verdict] = {}
    count = 0
    if not problems:
        drill = load_drill(folder)
        verdicts = judge_programs(drill, judge)
        problems = [*check_verdicts(drill, verdicts), *check_forbidden(drill, judge), *check_mutations(drill, judge)]
        count = len(verdicts) + bool(drill.forbids) + len(list_functions(drill)) * len(MUTATIONS)
    mistakes = sum(name.startswith("mistakes/") for name in verdicts)
    return LintResult(folder.name, tuple(problems), count, mistakes, time.perf_counter() - begin)


def judge_programs(drill: Drill, judge: JudgeClient) -> dict[str, Verdict]:
    """Judge each program of the folder; the keys are their paths in it, without .py for mistakes."""
    programs = {path.name: path.read_text(encoding="utf-8") for path in (drill.start, drill.solution)}
    programs |= {f"mistakes/{mistake.name}": mistake.source for mistake in load_mistakes(drill.folder)}
    return {name: judge_source(drill, source, judge) for name, source in programs.items()}


def check_verdicts(drill: Drill, verdicts: dict[str, Verdict]) -> Iterator[str]:
    """Yield a line for each verdict that its program should not get, and each check without a sentence."""
    solution = verdicts["solution.py"]
    if not solution.complete:
        first = solution.failed[0].description if solution.failed else solution.reason
        yield f"{drill.name}/solution.py: is rejected: {first}"
    if solution.checks and any(check.edge for check in solution.checks) != (EDGES in drill.task):
        yield f"{drill.name}/prompt.md: {EDGES!r} belongs in a drill with edges, and only there"
    names_by_signature: dict[frozenset[tuple[str, str, str]], str] = {}
    for name, verdict in verdicts.items():
        if verdict.complete if name.startswith("mistakes/") else verdict.passed and name != "solution.py":
            yield f"{drill.name}/{name}: passes"
        if not verdict.complete and verdict.reason and name != "solution.py":
            yield f"{drill.name}/{name}: is rejected without a failed check: {verdict.reason}"
        if (
            name.startswith("mistakes/")
            and verdict.failed
            and (twin := names_by_signature.setdefault(verdict.failure_signature, name)) != name
        ):
            yield f"{drill.name}/{name}: fails exactly like {twin}, so no verdict can tell them apart"
    for check in solution.checks:
        if not check.description or check.description == check.name or len(check.description) > MAX_DESCRIPTION:
            yield f"{drill.name}/test_answer.py: {check.name} needs a docstring of at most {MAX_DESCRIPTION} characters"


def check_forbidden(drill: Drill, judge: JudgeClient) -> Iterator[str]:
    """Yield a line for each forbidden name that is not rejected, imported in any way, when it is added to the solution.

    Whether the names exist is asked of the judge once, which sets tripwires for all of them.
    """
    forbids = expand_forbidden(drill.forbids)
    for name in forbids[:1]:
        verdict = judge_with_suffix(drill, write_uses(name)[0], judge)
        if name.removesuffix("*") not in verdict.reason:
            yield f"{drill.name}/prompt.md: forbids {name}, which is not rejected: {verdict.reason or 'it passes'}"
    for name in forbids:
        for source in write_uses(name):
            found = [each for each, _ in find_forbidden_calls(list(ast.walk(ast.parse(source))), forbids)]
            if not found:
                yield f"{drill.name}/prompt.md: forbids {name}, which is not rejected: {source!r}"


def write_uses(name: str) -> list[str]:
    """Sources that use a forbidden name, through each kind of import."""
    name = name.replace(".*", ".anything")
    owner, _, short = name.rpartition(".")
    uses = [f"import {name.partition('.')[0]}\n{name}\n"]
    if not short.startswith("_") and not owner.rpartition(".")[2][:1].isupper():
        uses += [f"from {owner} import {short} as own\n", f"import {owner} as library\nown = library.{short}\n"]
    return uses


def check_mutations(drill: Drill, judge: JudgeClient) -> Iterator[str]:
    """Yield a line for each mutation of what a function of the solution returns that no check rejects."""
    source = Path(mutations.__file__).read_text(encoding="utf-8")
    for name in list_functions(drill):
        for mutation in MUTATIONS:
            suffix = f"{source}\n{name} = mutate_result({name}, Mutation.{mutation})\n"
            verdict = judge_with_suffix(drill, suffix, judge)
            if verdict.complete and mutations.CHANGED in verdict.printed:
                yield f"{drill.name}/test_answer.py: accepts what {name} gives when it is {mutation}"


def list_functions(drill: Drill) -> list[str]:
    """List the functions, and public methods of classes, that the start asks for and the checks import."""
    names, imported = [], find_imported_names(drill)
    for node in parse_source(drill.start).body:
        if isinstance(node, ast.FunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.ClassDef):
            methods = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
            names += [f"{node.name}.{name}" for name in methods if not name.startswith("_")]
    return [name for name in names if name.partition(".")[0] in imported]


def judge_with_suffix(drill: Drill, suffix: str, judge: JudgeClient) -> Verdict:
    """Judge the solution with more source below it."""
    return judge_source(drill, f"{drill.solution.read_text(encoding='utf-8')}\n{suffix}", judge)


def judge_source(drill: Drill, source: str, judge: JudgeClient) -> Verdict:
    """Judge a program, compared with nothing."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer.py")
        answer.write_text(source, encoding="utf-8")
        return judge.judge(drill, answer, compare_with_known=False)
