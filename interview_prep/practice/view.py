"""What a person sees of drills and verdicts, as rich renderables in at most 80 columns. Prints nothing."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from interview_prep.catalog.drill import Drill
from interview_prep.judge.verdict import CheckResult, Verdict
from interview_prep.paths import ROOT
from interview_prep.practice.history import State

MORE = 5  # failed checks that are named below the first
PRINTED = 6  # lines
COLOURS = {"solved": "green", "begun": "yellow", "gave up": "magenta"}


def link_path(path: Path) -> Text:
    """A path as it is typed, which a terminal opens with a click."""
    return Text(short_path(path), style=f"bold link {path.as_uri()}")


def short_path(path: Path) -> str:
    """A path as it is typed in the checkout."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def render_task(drill: Drill) -> RenderableType:
    """The prompt below its title."""
    from rich.markdown import Markdown  # in functions, as the list of the drills has none and should come at once

    about = f"{drill.topic} · level {drill.level} of 3 · {drill.minutes} min"
    forbidden: list[RenderableType] = (
        [Text(f"Not allowed: {', '.join(drill.forbids)}", style="dim"), ""] if drill.forbids else []
    )
    head = Text(drill.title, style="bold"), Text(about, style="dim")
    return Group(*head, "", Markdown(drill.prompt.task), "", *forbidden)


def render_hints(drill: Drill, seen: int) -> RenderableType:
    """The first hints, and how many are left."""
    from rich.markdown import Markdown

    parts: list[RenderableType] = []
    for number, hint in enumerate(drill.prompt.hints[:seen], 1):
        parts += [Text(f"Hint {number} of {len(drill.prompt.hints)}", style="bold yellow"), Markdown(hint), ""]
    return Group(*parts)


def render_solution(drill: Drill) -> RenderableType:
    from rich.syntax import Syntax

    return Group(
        Text("A solution", style="bold"), Syntax(drill.solution.read_text("utf-8"), "python", word_wrap=True), ""
    )


def render_follow_ups(drill: Drill) -> RenderableType:
    """What an interviewer asks next, for one who has solved it."""
    from rich.markdown import Markdown

    say, ask = Text("Say aloud", style="bold"), Text("Follow-ups", style="bold")
    return Group(say, Markdown(drill.prompt.say_aloud), "", ask, Markdown(drill.prompt.follow_ups), "")


def render_verdict(found: Verdict, answer: Path) -> RenderableType:
    """Passed, or the first failure in full and the others by name."""
    held, total = len(found.checks) - len(found.failed), len(found.checks)
    count = f"  {held} of {total} checks hold" if total else ""
    mark = Text("✓ passed" if found.passed else "✗ not yet", style="bold green" if found.passed else "bold red")
    head = Text.assemble(mark, count, (f"  {found.seconds * 1000:.0f} ms", "dim"))
    if found.passed:
        return Group(head, "")
    parts: list[RenderableType] = [head, ""]
    if found.reason:
        line = f" ({answer.name}, line {found.line})" if found.line else ""
        parts += [Text(found.reason + line, style="bold"), ""]
    elif found.failed:
        parts += [render_failure(found.failed[0], describe_contrast(found)), ""]
    if found.known_mistake:
        parts += [Text.assemble(("This looks like: ", "bold yellow"), found.known_mistake), ""]
    if not found.reason and len(found.failed) > 1:
        parts += [render_others(found.failed[1:]), ""]
    if found.printed.strip():
        lines = found.printed.strip().splitlines()[-PRINTED:]
        parts += [Text("Printed:", style="dim"), Padding(Text("\n".join(lines), style="dim"), (0, 0, 0, 2)), ""]
    return Group(*parts)


def render_failure(check: CheckResult, holds: str) -> RenderableType:
    """One failed check: what it is about, the call, what it gave, what was due, where they differ."""
    given = f"  [{check.parameters}]" if check.parameters else ""
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim")
    rows.add_column(overflow="fold")
    fields = ("call", check.call), ("got", check.got), ("expected", check.expected), ("", check.difference), ("", holds)
    for name, value in fields:
        if value:
            rows.add_row(name, Text(value, style="red" if name == "got" else ""))
    return Group(Text.assemble((check.description, "bold"), (given, "dim")), Padding(rows, (0, 0, 0, 2)))


def describe_contrast(found: Verdict) -> str:
    """With which other parameters the first failed check holds."""
    first = found.failed[0]
    name = first.name.partition("[")[0]
    holding = [check.parameters for check in found.checks if check.passed and check.name.partition("[")[0] == name]
    return f"The same check holds with {holding[0]}." if holding and holding[0] else ""


def render_others(checks: Sequence[CheckResult]) -> RenderableType:
    names = list(dict.fromkeys(check.description for check in checks))
    lines = [f"  {name}" for name in names[:MORE]] + ([f"  and {len(names) - MORE} more"] if len(names) > MORE else [])
    return Text("\n".join(["Also:", *lines]), style="dim")


def render_catalog(drills: Sequence[Drill], states: Mapping[str, State]) -> RenderableType:
    """A line a drill, by topic, with how far the person is."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    topic = ""
    for drill in drills:
        state = states.get(drill.name, State())
        first = Text(drill.topic, style="bold") if drill.topic != topic else Text()
        topic = drill.topic
        stars = "*" * drill.level
        mark = Text(state.label, style=COLOURS.get(state.label, ""))
        table.add_row(first, drill.name, Text(stars, style="dim"), Text(f"{drill.minutes} min", style="dim"), mark)
    return Group(table, "", render_progress(drills, states))


def render_progress(drills: Sequence[Drill], states: Mapping[str, State]) -> RenderableType:
    solved = sum(states.get(drill.name, State()).solved for drill in drills)
    row = Table.grid(padding=(0, 1))
    row.add_row(ProgressBar(len(drills), solved, width=30), f"{solved} of {len(drills)} solved")
    return row


def render_frame(drill: Drill, where: Path, bar: RenderableType, body: RenderableType, keys: str) -> RenderableType:
    """The one screen of the watch loop."""
    return Group(
        bar,
        Text.assemble((drill.title, "bold"), "  ", link_path(where)),
        Rule(style="dim"),
        body,
        Text(keys, style="dim"),
    )
