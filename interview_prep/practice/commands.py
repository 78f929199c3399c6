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
from interview_prep.console import Printer
from interview_prep.judge.verdict import Verdict
from interview_prep.practice import view, workspace
from interview_prep.practice.history import History, HistoryError, State, replay

if TYPE_CHECKING:
    from interview_prep.judge.client import JudgeClient


def read_catalog() -> list[Drill]:
    """All drills; raises Exit where one cannot be read."""
    try:
        return drills.load_catalog()
    except DrillError as error:
        raise Exit(f"{error}\n`invoke lint-drills` says all that is wrong with drills.", code=2) from error


def find_drill(name: str) -> Drill:
    """One drill by its name; raises Exit with the next command."""
    if not name:
        raise Exit(
            "Which drill? `invoke drills` lists all, `invoke practice` takes the first that is not solved.", code=2
        )
    wanted = name.strip().rstrip("/").rpartition("/")[2].removesuffix(".py")
    known = {folder.name: folder for folder in drills.find_drill_folders()}
    if wanted not in known:
        near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
        meant = f", but {near[0]!r}" if near else ""
        raise Exit(f"No drill {name!r}{meant}. `invoke drills` lists all {len(known)}.", code=2)
    try:
        return drills.load_drill(known[wanted])
    except DrillError as error:
        raise Exit(str(error), code=2) from error


def open_history() -> History:
    """The person's events; raises HistoryError where they cannot be read."""
    return History(workspace.WORK / "history.sqlite3")


def begin_drill(drill: Drill, kept: History) -> bool:
    """Put the start in work/ and note it; whether it was put."""
    try:
        put = workspace.put_start(drill)
    except OSError as error:
        raise Exit(f"{workspace.WORK} cannot be written: {error.strerror}.", code=2) from error
    if put:
        kept.add_event(drill.name, "start")
    return put


def read_state(drill: Drill, kept: History) -> State:
    return replay(kept.read_events(drill.name)).get(drill.name, State())


def show_drills(*, topic: str, json: bool) -> None:
    """The catalogue, or one topic of it."""
    every = read_catalog()
    chosen = [drill for drill in every if topic in ("", drill.topic)]
    if not chosen:
        raise Exit(f"No topic {topic!r}. There are {', '.join(sorted({drill.topic for drill in every}))}.", code=2)
    with open_history() as kept:
        now = replay(kept.read_events())
    screen = Printer(json=json)
    screen.print_view(view.render_catalog(chosen, now))
    rows = [(drill, now.get(drill.name, State())) for drill in chosen]
    fields = "title", "topic", "level", "minutes", "forbids", "tags"
    screen.print_json(
        {
            "version": 2,
            "drills": [
                {"name": drill.name, **{field: getattr(drill, field) for field in fields}, "state": now.label or "new"}
                for drill, now in rows
            ],
        }
    )


def show_drill(name: str) -> None:
    """Begin a drill, if it is not begun, and show its prompt."""
    drill, screen = find_drill(name), Printer()
    with open_history() as kept:
        put = begin_drill(drill, kept)
    screen.print_view(view.render_task(drill))
    where = workspace.answer_path(drill)
    screen.print_view(view.link_path(where))
    screen.print_line("is the start: edit it." if put else "is your answer so far, left as it was.")
    screen.print_line(
        f"`invoke check {drill.name}` judges it; `invoke practice {drill.name}` does so whenever you save."
    )


def check_answer(name: str, *, answer: str, json: bool) -> None:
    """One verdict; of a FILE it is not noted. Raises Exit(1) where it fails, Exit(2) where there is none."""
    from interview_prep.judge.client import JudgeClient

    drill = find_drill(name)
    path = Path(os.path.expanduser(answer)) if answer else workspace.answer_path(drill)  # noqa: PTH111 - which never raises
    advice = "Which file is it?" if answer else f"`invoke drill {drill.name}` puts the start there."
    code = hash_answer(workspace.read_answer(path, advice))
    with JudgeClient() as worker:
        verdict = worker.judge(drill, path)
    unnoted = "" if answer else record_or_explain(drill, verdict, code)
    screen = Printer(json=json)
    screen.print_view(view.render_verdict(verdict, path))
    if verdict.passed:
        screen.print_view(view.render_follow_ups(drill))
    if unnoted:
        screen.print_line(unnoted)
    screen.print_json({"version": 2, **verdict.as_dict(), "noted": not answer and not unnoted})
    if not verdict.passed:
        raise Exit(code=1)


def hash_answer(answer: bytes) -> str:
    """By which the history knows an answer again."""
    return hashlib.sha256(answer).hexdigest()


def judge_and_record(drill: Drill, path: Path, worker: "JudgeClient", kept: History) -> tuple[Verdict, str]:
    """Judge an answer and note it; the verdict, and why it could not be noted, or ""."""
    code = hash_answer(path.read_bytes())
    verdict = worker.judge(drill, path)
    return verdict, record_or_explain(drill, verdict, code, kept)


def record_or_explain(drill: Drill, verdict: Verdict, code: str, kept: History | None = None) -> str:
    """Note a verdict; a line that says why that could not be done, or ""."""
    try:
        with contextlib.nullcontext(kept) if kept else open_history() as events:
            record_attempt(drill, verdict, code, events)
    except HistoryError as error:
        return f"This verdict is not noted: {error}"
    return ""


def record_attempt(drill: Drill, verdict: Verdict, code: str, kept: History) -> None:
    """Add an attempt to the history."""
    now = read_state(drill, kept)
    left_out = ("drill", "passed", "checks", "printed")
    about = {key: value for key, value in verdict.as_dict().items() if key not in left_out}
    about |= {
        "since_start": time.time() - now.started_at if now.started_at else 0,
        "hints": now.hints,
        "code": code,
        "failed": [check.name for check in verdict.failed],
        "checks": len(verdict.checks),
    }
    kept.add_event(drill.name, "attempt", passed=verdict.passed, **about)


def take_hint(drill: Drill, kept: History) -> bool:
    """Note that one more hint is seen; whether there was one more."""
    more = read_state(drill, kept).hints < len(drill.prompt.hints)
    if more:
        kept.add_event(drill.name, "hint")
    return more


def open_solution(drill: Drill, kept: History, *, give_up: bool) -> bool:
    """Note that the solution is seen, or that it was given up for; whether it may be seen."""
    now = read_state(drill, kept)
    free = now.solved or now.gave_up
    if free or give_up:
        kept.add_event(drill.name, "solution" if free else "give up")
    return free or give_up


def begin_again(drill: Drill, kept: History) -> Path | None:
    """Put the start back and note it; where the answer is kept, if there was one."""
    try:
        archived = workspace.archive_answer(drill)
    except OSError as error:
        raise Exit(
            f"{workspace.WORK} cannot be written: {error.strerror}. Your answer is left as it was.", code=2
        ) from error
    kept.add_event(drill.name, "reset")
    return archived


def next_unsolved(drills: Sequence[Drill], kept: History) -> Drill:
    """The first that is not solved; where all are, the first."""
    now = replay(kept.read_events())
    return next((drill for drill in drills if not now.get(drill.name, State()).solved), drills[0])


def show_hint(name: str) -> None:
    """Show the hints so far and one more."""
    drill, screen = find_drill(name), Printer()
    with open_history() as kept:
        more = take_hint(drill, kept)
        seen = read_state(drill, kept).hints
    screen.print_view(view.render_hints(drill, seen))
    if not more:
        screen.print_line(f"That was the last one. `invoke solution {drill.name} --give-up` shows a solution.")


def show_solution(name: str, *, give_up: bool) -> None:
    """Show the reference, once solved or on giving up."""
    drill = find_drill(name)
    with open_history() as kept:
        opened = open_solution(drill, kept, give_up=give_up)
    if not opened:
        raise Exit(
            f"Solve it first (`invoke hint {drill.name}` helps), or `invoke solution {drill.name} --give-up`.",
            code=2,
        )
    screen = Printer()
    screen.print_view(view.render_solution(drill))
    screen.print_view(view.render_follow_ups(drill))


def reset_answer(name: str) -> None:
    """Archive the answer and begin again."""
    drill, screen = find_drill(name), Printer()
    with open_history() as kept:
        archived = begin_again(drill, kept)
    if archived:
        screen.print_line(f"Your answer is kept as {view.short_path(archived)}.")
    screen.print_line(f"{view.short_path(workspace.answer_path(drill))} is the start again.")
