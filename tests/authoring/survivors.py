"""Mutation testing of the drills: which single changes of a solution do its checks accept?

`python -m tests.authoring.survivors [DRILL ...]` judges them and prints a row for each drill. A survivor that
survivors/DRILL.toml does not note is printed as the note that it would need, and makes the exit code 1: either a new
check rejects it, or the note gets its reason. So does a note whose change is rejected by now. `./prep test` judges none
of a drill's changes; it only tests that each note is still one of them. A change that takes several times as long as
the solution counts as rejected, so on a busy machine a survivor can be missed.
"""

import itertools
import json
import queue
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from interview_prep.catalog.drill import Drill
from interview_prep.catalog.find import find_drill, load_catalog
from interview_prep.catalog.sources import find_imported_names
from interview_prep.judge.client import JudgeClient
from interview_prep.machine.resources import count_processors
from tests.authoring.single_changes import Change, list_changes, normalize

NOTES = Path(__file__).parent / "survivors"
SECONDS = 3  # for a change, at least: most that take longer never end


@dataclass(frozen=True)
class Note:
    """A change that the checks rightly accept, and why: it is equal, or right by the prompt's words."""

    find: str
    replace: str
    why: str


@dataclass(frozen=True)
class Survey:
    """What became of the changes of one drill."""

    drill: str
    changes: int
    noted: int  # of those that survived
    survivors: tuple[Change, ...]  # without a note
    outdated: tuple[Note, ...]  # of changes that the checks reject by now

    @property
    def rejected(self) -> int:
        return self.changes - self.noted - len(self.survivors)


def read_solution(drill: Drill) -> str:
    return drill.solution.read_text(encoding="utf-8")


def list_solution_changes(drill: Drill) -> list[Change]:
    return list_changes(read_solution(drill), find_imported_names(drill))


def load_notes(drill: str, notes: Path = NOTES) -> list[Note]:
    """The notes on a drill's survivors; none where it has no file."""
    file = notes / f"{drill}.toml"
    content = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return [Note(**note) for note in content.get("survivor", [])]


def survey_drills(drills: Sequence[Drill]) -> Iterator[Survey]:
    """Judge the changes of each drill's solution, several at a time."""
    judges = [JudgeClient() for _ in range(count_processors())]
    try:
        for drill in drills:
            yield survey_drill(drill, load_notes(drill.name), judges)
    finally:
        for judge in judges:
            judge.close()


def survey_drill(drill: Drill, notes: Sequence[Note], judges: Sequence[JudgeClient]) -> Survey:
    """Judge each change with whichever judge is idle."""
    idle: queue.SimpleQueue[JudgeClient] = queue.SimpleQueue()
    for judge in judges:
        idle.put(judge)
    solved = judges[0].judge(drill, drill.solution, compare_with_known=False)
    limit = max(SECONDS, 4 * solved.seconds)

    def survives(change: Change) -> bool:
        judge = idle.get()
        try:
            return is_accepted(drill, change.source, judge, limit)
        finally:
            idle.put(judge)

    changes = list_solution_changes(drill)
    with ThreadPoolExecutor(len(judges)) as pool:
        survivors = list(itertools.compress(changes, pool.map(survives, changes)))
    noted = {normalize(read_solution(drill).replace(note.find, note.replace)): note for note in notes}
    alive = {normalize(change.source): change for change in survivors}
    new = tuple(change for form, change in alive.items() if form not in noted)
    outdated = tuple(note for form, note in noted.items() if form not in alive)
    return Survey(drill.name, len(changes), len(alive) - len(new), new, outdated)


def is_accepted(drill: Drill, source: str, judge: JudgeClient, seconds: float) -> bool:
    """Judge a program from its text."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer.py")
        answer.write_text(source, encoding="utf-8")
        return judge.judge(drill, answer, seconds=seconds, compare_with_known=False).complete


def format_note(change: Change) -> str:
    """What a file of notes needs for a change, except for the reason."""
    find, replace = map(quote_toml, (change.find, change.replace))
    return f"[[survivor]]  # line {change.line}, {change.kind}\nfind = {find}\nreplace = {replace}\nwhy = ''\n"


def quote_toml(text: str) -> str:
    """As a literal where that works, else with escapes."""
    quote = "'''" if "\n" in text else "'"
    return json.dumps(text, ensure_ascii=False) if quote in text or text.endswith("'") else f"{quote}{text}{quote}"


def main(names: Sequence[str]) -> int:
    """Survey the drills of these names, or all; 1 where a survivor has no note, or a note no survivor."""
    drills = [find_drill(name) for name in names] or load_catalog()
    print(f"{'drill':<32}{'changes':>9}{'rejected':>9}{'noted':>9}{'survivors':>10}")
    total = 0
    for survey in survey_drills(drills):
        total += len(survey.survivors) + len(survey.outdated)
        row = f"{survey.changes:>9}{survey.rejected:>9}{survey.noted:>9}{len(survey.survivors):>10}"
        print(f"{survey.drill:<32}{row}", flush=True)  # each as soon as it is known: a drill takes seconds
        for change in survey.survivors:
            print(format_note(change), flush=True)
        for note in survey.outdated:
            print(f"{survey.drill}.toml: this change is rejected now, so its note can go: {note.replace}", flush=True)
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
