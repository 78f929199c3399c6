"""The tasks drills, drill, check, hint, solution and reset: each calls the logic, prints, and picks the exit code."""

import os
from pathlib import Path

from invoke.exceptions import Exit

from interview_prep.catalog.find import find_drill, load_catalog
from interview_prep.console import Printer
from interview_prep.practice import actions, view, workspace
from interview_prep.practice.progress import State, read_state, read_states

FIELDS = (
    "name",
    "title",
    "topic",
    "level",
    "minutes",
    "forbids",
    "tags",
    "after",
    "reported",
)  # of a drill, in the JSON document


def show_drills(*, topic: str, json: bool) -> None:
    """Show the catalog, or one topic of it, with how far the person is. Exits with 2 for an unknown topic."""
    catalog = load_catalog()
    drills = [drill for drill in catalog if topic in ("", drill.topic)]
    if not drills:
        raise Exit(f"No topic {topic!r}. There are {', '.join(sorted({drill.topic for drill in catalog}))}.", code=2)
    with actions.open_history() as history:
        states = read_states(history)
    printer = Printer(json=json)
    printer.print_view(view.render_catalog(drills, states))
    rows = [
        {**{field: getattr(drill, field) for field in FIELDS}, "state": states.get(drill.name, State()).label or "new"}
        for drill in drills
    ]
    printer.print_json({"version": 3, "drills": rows})


def show_drill(name: str) -> None:
    """Start a drill, unless it was started, and show its prompt."""
    drill, printer = find_drill(name), Printer()
    with actions.open_history() as history:
        is_new = actions.start_drill(drill, history)
    printer.print_view(view.render_task(drill))
    printer.print_view(view.link_path(workspace.answer_path(drill)))
    printer.print_line("is the start: edit it." if is_new else "is your answer so far, unchanged.")
    printer.print_line(
        f"`invoke check {drill.name}` judges it; `invoke practice {drill.name}` does so whenever you save."
    )


def check_answer(name: str, *, answer: str, show: bool, json: bool) -> None:
    """Judge an answer once; the verdict on another file, `answer`, is not recorded. Exits with 1 where it fails.

    `show` shows as well how to repeat the first failure by hand.
    """
    from interview_prep.judge.client import JudgeClient  # slow to import, and no other task judges

    drill = find_drill(name)
    path = Path(os.path.expanduser(answer)) if answer else workspace.answer_path(drill)  # noqa: PTH111 - which never raises
    advice = "Which file is it?" if answer else f"`invoke drill {drill.name}` puts the start there."
    digest = actions.hash_answer(workspace.read_answer(path, advice))
    with JudgeClient() as judge:
        verdict = judge.judge(drill, path)
    not_recorded = "" if answer else actions.record_or_explain(drill, verdict, digest)
    printer = Printer(json=json)
    printer.print_view(view.render_verdict(verdict, path))
    if verdict.passed:
        printer.print_view(view.render_follow_ups(drill))
        printer.print_line(f"Answer each aloud first. `invoke solution {drill.name}` shows a solution and all answers.")
    if not_recorded:
        printer.print_line(not_recorded)
    snippet = actions.repeat_by_hand(drill, verdict, path.absolute())
    if show and not verdict.complete:
        printer.print_line(f"{view.BY_HAND}\n\n{snippet}" if snippet else view.NO_SNIPPET)  # whole lines, to copy
    recorded = not answer and not not_recorded
    printer.print_json({"version": 3, **verdict.as_dict(), "snippet": snippet, "recorded": recorded})
    if not verdict.passed:
        raise Exit(code=1)


def show_hint(name: str) -> None:
    """Show the hints so far and one more."""
    drill, printer = find_drill(name), Printer()
    with actions.open_history() as history:
        has_more = actions.take_hint(drill, history)
        seen = read_state(drill, history).hints
    printer.print_view(view.render_hints(drill, seen))
    if not has_more:
        printer.print_line(f"That was the last one. `invoke solution {drill.name} --give-up` shows a solution.")


def show_solution(name: str, *, give_up: bool) -> None:
    """Show the solution, once the drill is solved or given up. Exits with 2 before that."""
    drill = find_drill(name)
    with actions.open_history() as history:
        may_see = actions.open_solution(drill, history, give_up=give_up)
    if not may_see:
        raise Exit(
            f"Solve it first (`invoke hint {drill.name}` helps), or `invoke solution {drill.name} --give-up`.",
            code=2,
        )
    printer = Printer()
    printer.print_view(view.render_solution(drill))
    printer.print_view(view.render_follow_ups(drill, answered=len(drill.coach.follow_ups)))


def reset_answer(name: str) -> None:
    """Archive the answer and put the start back."""
    drill, printer = find_drill(name), Printer()
    with actions.open_history() as history:
        archived = actions.start_again(drill, history)
    if archived:
        printer.print_line(f"Your answer is saved as {view.short_path(archived)}.")
    printer.print_line(f"{view.short_path(workspace.answer_path(drill))} is the start again.")
