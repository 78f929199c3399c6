"""What the drill tasks do: find, begin, check, help, note it in the history, show."""

import contextlib
import difflib
import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from invoke.exceptions import Exit

from interview_prep.catalog import drill as drills
from interview_prep.catalog.drill import Drill, DrillError
from interview_prep.console import Screen
from interview_prep.judge.verdict import Verdict
from interview_prep.practice import view, workspace
from interview_prep.practice.history import History, HistoryError, State, states

if TYPE_CHECKING:
    from interview_prep.judge.client import Worker


def read_catalog() -> list[Drill]:
    """All drills; raises Exit where one cannot be read."""
    try:
        return drills.read_catalog()
    except DrillError as error:
        raise Exit(f"{error}\n`invoke lint-drills` says all that is wrong with drills.", code=2) from error


def find(name: str) -> Drill:
    """One drill by its name; raises Exit with the next command."""
    if not name:
        raise Exit(
            "Which drill? `invoke drills` lists all, `invoke practice` takes the first that is not solved.", code=2
        )
    wanted = name.strip().rstrip("/").rpartition("/")[2].removesuffix(".py")
    known = {folder.name: folder for folder in drills.folders()}
    if wanted not in known:
        near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
        meant = f", but {near[0]!r}" if near else ""
        raise Exit(f"No drill {name!r}{meant}. `invoke drills` lists all {len(known)}.", code=2)
    try:
        return drills.read(known[wanted])
    except DrillError as error:
        raise Exit(str(error), code=2) from error


def history() -> History:
    """The person's events; raises HistoryError where they cannot be read."""
    return History(workspace.WORK / "history.sqlite3")


def begin(drill: Drill, kept: History) -> bool:
    """Put the start in work/ and note it; whether it was put."""
    try:
        put = workspace.begin(drill)
    except OSError as error:
        raise Exit(f"{workspace.WORK} cannot be written: {error.strerror}.", code=2) from error
    if put:
        kept.add(drill.name, "start")
    return put


def state(drill: Drill, kept: History) -> State:
    return states(kept.events(drill.name)).get(drill.name, State())


def show_drills(*, topic: str, json: bool) -> None:
    """The catalogue, or one topic of it."""
    every = read_catalog()
    chosen = [drill for drill in every if topic in ("", drill.topic)]
    if not chosen:
        raise Exit(f"No topic {topic!r}. There are {', '.join(sorted({drill.topic for drill in every}))}.", code=2)
    with history() as kept:
        now = states(kept.events())
    screen = Screen(json=json)
    screen.show(view.catalogue(chosen, now))
    rows = [(drill, now.get(drill.name, State())) for drill in chosen]
    fields = "title", "topic", "level", "minutes", "forbids", "tags"
    screen.document(
        {
            "version": 1,
            "drills": [
                {"name": drill.name, **{field: getattr(drill, field) for field in fields}, "state": now.word or "new"}
                for drill, now in rows
            ],
        }
    )


def show_drill(name: str) -> None:
    """Begin a drill, if it is not begun, and show its prompt."""
    drill, screen = find(name), Screen()
    with history() as kept:
        put = begin(drill, kept)
    screen.show(view.task(drill))
    where = workspace.answer(drill)
    screen.show(view.link(where))
    screen.say("is the start: edit it." if put else "is your answer so far, left as it was.")
    screen.say(f"`invoke check {drill.name}` judges it; `invoke practice {drill.name}` does so whenever you save.")


def check(name: str, *, answer: str, json: bool) -> None:
    """One verdict; of a FILE it is not noted. Raises Exit(1) where it fails, Exit(2) where there is none."""
    from interview_prep.judge.client import Worker

    drill = find(name)
    path = Path(os.path.expanduser(answer)) if answer else workspace.answer(drill)  # noqa: PTH111 - which never raises
    advice = "Which file is it?" if answer else f"`invoke drill {drill.name}` puts the start there."
    code = digest(workspace.read(path, advice))
    with Worker() as worker:
        verdict = worker.judge(drill, path)
    unnoted = "" if answer else note_or_explain(drill, verdict, code)
    screen = Screen(json=json)
    screen.show(view.verdict(verdict, path))
    if verdict.passed:
        screen.show(view.after(drill))
    if unnoted:
        screen.say(unnoted)
    screen.document({"version": 1, **verdict.as_dict(), "noted": not answer and not unnoted})
    if not verdict.passed:
        raise Exit(code=1)


def digest(answer: bytes) -> str:
    """By which the history knows an answer again."""
    return hashlib.sha256(answer).hexdigest()


def judge(drill: Drill, path: Path, worker: "Worker", kept: History) -> tuple[Verdict, str]:
    """Judge an answer and note it; the verdict, and why it could not be noted, or ""."""
    code = digest(path.read_bytes())
    verdict = worker.judge(drill, path)
    return verdict, note_or_explain(drill, verdict, code, kept)


def note_or_explain(drill: Drill, verdict: Verdict, code: str, kept: History | None = None) -> str:
    """Note a verdict; a line that says why that could not be done, or ""."""
    try:
        with contextlib.nullcontext(kept) if kept else history() as events:
            note(drill, verdict, code, events)
    except HistoryError as error:
        return f"This verdict is not noted: {error}"
    return ""


def note(drill: Drill, verdict: Verdict, code: str, kept: History) -> None:
    """Add an attempt to the history."""
    now = state(drill, kept)
    left_out = ("drill", "passed", "checks", "printed")
    about = {key: value for key, value in verdict.as_dict().items() if key not in left_out}
    about |= {
        "since_start": time.time() - now.begun if now.begun else 0,
        "hints": now.hints,
        "code": code,
        "failed": [check.name for check in verdict.failed],
        "checks": len(verdict.checks),
    }
    kept.add(drill.name, "attempt", passed=verdict.passed, **about)


def take_hint(drill: Drill, kept: History) -> bool:
    """Note that one more hint is seen; whether there was one more."""
    more = state(drill, kept).hints < len(drill.prompt.hints)
    if more:
        kept.add(drill.name, "hint")
    return more


def open_solution(drill: Drill, kept: History, *, give_up: bool) -> bool:
    """Note that the solution is seen, or that it was given up for; whether it may be seen."""
    now = state(drill, kept)
    free = now.solved or now.gave_up
    if free or give_up:
        kept.add(drill.name, "solution" if free else "give up")
    return free or give_up


def begin_again(drill: Drill, kept: History) -> Path | None:
    """Put the start back and note it; where the answer is kept, if there was one."""
    try:
        archived = workspace.reset(drill)
    except OSError as error:
        raise Exit(
            f"{workspace.WORK} cannot be written: {error.strerror}. Your answer is left as it was.", code=2
        ) from error
    kept.add(drill.name, "reset")
    return archived


def next_unsolved(drills: Sequence[Drill], kept: History) -> Drill:
    """The first that is not solved; where all are, the first."""
    now = states(kept.events())
    return next((drill for drill in drills if not now.get(drill.name, State()).solved), drills[0])


def hint(name: str) -> None:
    """Show the hints so far and one more."""
    drill, screen = find(name), Screen()
    with history() as kept:
        more = take_hint(drill, kept)
        seen = state(drill, kept).hints
    screen.show(view.hints(drill, seen))
    if not more:
        screen.say(f"That was the last one. `invoke solution {drill.name} --give-up` shows a solution.")


def solution(name: str, *, give_up: bool) -> None:
    """Show the reference, once solved or on giving up."""
    drill = find(name)
    with history() as kept:
        opened = open_solution(drill, kept, give_up=give_up)
    if not opened:
        raise Exit(
            f"Solve it first (`invoke hint {drill.name}` helps), or `invoke solution {drill.name} --give-up`.",
            code=2,
        )
    screen = Screen()
    screen.show(view.solution(drill))
    screen.show(view.after(drill))


def reset(name: str) -> None:
    """Archive the answer and begin again."""
    drill, screen = find(name), Screen()
    with history() as kept:
        archived = begin_again(drill, kept)
    if archived:
        screen.say(f"Your answer is kept as {view.short(archived)}.")
    screen.say(f"{view.short(workspace.answer(drill))} is the start again.")
