"""What is shown of drills, hints and verdicts, as rich renderables in at most 80 columns. Prints nothing."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from interview_prep.catalog.drill import Drill
from interview_prep.catalog.families import describe_forbidden
from interview_prep.judge.verdict import CheckResult, Verdict
from interview_prep.paths import ROOT
from interview_prep.practice.progress import State

BY_HAND = "By hand, in `python` from this folder:"
NO_SNIPPET = "There is no failed check to reproduce by hand."
MAX_OTHERS = 5  # failed checks that are named below the first
MAX_PRINTED = 6  # lines of what the answer printed
COLORS = {"complete": "bold green", "solved": "green", "started": "bold", "gave up": "magenta"}


def link_path(path: Path) -> Text:
    """The short path, as a link that a terminal opens with a click."""
    return Text(short_path(path), style=f"bold link {path.as_uri()}")


def short_path(path: Path) -> str:
    """A path as a person in the checkout would type it."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def render_task(drill: Drill) -> RenderableType:
    """The title, the level and the minutes, then the task and what it does not allow."""
    from rich.markdown import Markdown  # here, as the list of drills needs none and should come at once

    about = [f"{drill.topic} · level {drill.level} of 3 · {drill.minutes} min"]
    if drill.after:
        about.append(f"Builds on {', '.join(drill.after)}")
    if drill.reported:
        about.append(f"Reported: {'; '.join(drill.reported)}")
    forbidden: list[RenderableType] = (
        [Text(f"Not allowed: {describe_forbidden(drill.forbids)}", style="dim"), ""] if drill.forbids else []
    )
    head = Text(drill.title, style="bold"), Text("\n".join(about), style="dim")
    return Group(*head, "", Markdown(drill.task), "", *forbidden)


def render_hints(drill: Drill, seen: int) -> RenderableType:
    """The first `seen` hints, each with its number of how many."""
    from rich.markdown import Markdown

    parts: list[RenderableType] = []
    for number, hint in enumerate(drill.coach.hints[:seen], 1):
        parts += [Text(f"Hint {number} of {len(drill.coach.hints)}", style="bold magenta"), Markdown(hint), ""]
    return Group(*parts)


def render_solution(drill: Drill) -> RenderableType:
    """The reference solution, highlighted."""
    from rich.syntax import Syntax

    return Group(
        Text("A solution", style="bold"), Syntax(drill.solution.read_text("utf-8"), "python", word_wrap=True), ""
    )


def render_follow_ups(drill: Drill, answered: int = 0) -> RenderableType:
    """What to say aloud and what an interviewer asks next, with the answers to the first `answered` questions.

    It is for a person who has solved the drill, and who answers each question before looking.
    """
    from rich.markdown import Markdown

    parts: list[RenderableType] = [
        Text("Say aloud", style="bold"),
        Markdown(drill.coach.say_aloud),
        "",
        Text("Follow-ups", style="bold"),
    ]
    for number, follow_up in enumerate(drill.coach.follow_ups, 1):
        parts.append(Markdown(f"{number}. {follow_up.question}"))
        if number <= answered:
            parts += [Padding(Markdown(follow_up.answer), (0, 0, 0, 3)), ""]
    return Group(*parts, "")


def render_verdict(verdict: Verdict, answer: Path) -> RenderableType:
    """One line where everything holds; else the first failure in full and the others by their sentences."""
    parts: list[RenderableType] = [render_head(verdict), ""]
    if verdict.complete:
        return Group(*parts)
    if verdict.passed:
        parts.append(Text("A strict reviewer would point out:", style="magenta"))
    if verdict.reason:
        line = f" ({answer.name}, line {verdict.line})" if verdict.line else ""
        parts += [Text(verdict.reason + line, style="bold"), ""]
    elif verdict.failed:
        parts += [render_failure(verdict.failed[0], describe_contrast(verdict)), ""]
    if verdict.known_mistake:
        parts += [Text.assemble(("It may be this: ", "bold magenta"), verdict.known_mistake), ""]
    if not verdict.reason and len(verdict.failed) > 1:
        parts += [*render_other_failures(verdict), ""]
    if verdict.printed.strip():
        parts += [render_printed(verdict.printed), ""]
    return Group(*parts)


def render_head(verdict: Verdict) -> Text:
    """Whether the answer would pass the round, how many checks of each tier hold, and how long that took."""
    mark = "✓ complete" if verdict.complete else "✓ would pass the round" if verdict.passed else "✗ not yet"
    tiers = [[check.passed for check in verdict.checks if check.edge == edge] for edge in (False, True)]
    core, edges = (f"{sum(tier)} of {len(tier)}" for tier in tiers)
    if verdict.reason:  # not every check has run
        count = f"  core {core}" if verdict.passed else ""
    elif verdict.complete or not any(check.edge for check in verdict.checks):
        count = f"  {len(verdict.checks) - len(verdict.failed)} of {len(verdict.checks)} checks hold"
    else:
        count = f"  core {core}, edges {edges}"
    color = "green" if verdict.passed else "red"
    return Text.assemble((mark, f"bold {color}"), count, (f"  {verdict.seconds * 1000:.0f} ms", "dim"))


def render_failure(check: CheckResult, contrast: str) -> RenderableType:
    """One failed check: what it is about, the call, what it gave, what was expected, where they differ."""
    parameters = f"  [{check.parameters}]" if check.parameters else ""
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim")
    rows.add_column(overflow="fold")
    fields = (
        ("call", check.call),
        *(("", f"{name}: {value}") for name, value in check.inputs.items()),
        ("got", check.got),
        ("expected", check.expected),
        ("", check.difference),
        ("", contrast),
    )
    for name, value in fields:
        if value:
            rows.add_row(name, Text(value, style="red" if name == "got" else ""))
    return Group(Text.assemble((check.description, "bold"), (parameters, "dim")), Padding(rows, (0, 0, 0, 2)))


def describe_contrast(verdict: Verdict) -> str:
    """Say with which other parameters the first failed check holds; "" where it has none."""
    first = verdict.failed[0]
    name = first.name.partition("[")[0]
    holding = [check.parameters for check in verdict.checks if check.passed and check.name.partition("[")[0] == name]
    return f"The same check holds with {holding[0]}." if holding and holding[0] else ""


def render_snippet(code: str) -> RenderableType:
    """The lines that repeat the first failure by hand, from the checkout's root, and where they are typed."""
    from rich.syntax import Syntax

    if not code:
        return Text(NO_SNIPPET, style="bold")
    return Group(
        Text(BY_HAND, style="dim"),
        "",
        Syntax(code, "python", word_wrap=True),
        "",
    )


def render_other_failures(verdict: Verdict) -> Iterator[RenderableType]:
    """The sentences of the checks that failed as well, core before edges, the first few of each."""
    core = [check for check in verdict.failed[1:] if not check.edge]
    edges = [check for check in verdict.failed[1:] if check.edge]
    for title, checks in (("Also:", core), ("Also:" if verdict.passed else "A strict reviewer would add:", edges)):
        sentences = list(dict.fromkeys(check.description for check in checks))
        lines = [f"  {sentence}" for sentence in sentences[:MAX_OTHERS]]
        if len(sentences) > MAX_OTHERS:
            lines.append(f"  and {len(sentences) - MAX_OTHERS} more")
        if lines:
            yield Text("\n".join([title, *lines]), style="dim")


def render_printed(text: str) -> RenderableType:
    """The last lines of what the answer printed."""
    lines = text.strip().splitlines()[-MAX_PRINTED:]
    return Group(Text("Printed:", style="dim"), Padding(Text("\n".join(lines), style="dim"), (0, 0, 0, 2)))


def render_catalog(drills: Sequence[Drill], states: Mapping[str, State]) -> RenderableType:
    """A line for each drill, by topic, with how far the person is; then how many are solved.

    A drill is called reported where somebody was asked it in an interview; its task says where and when.
    """
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    topic = ""
    for drill in drills:
        label = states.get(drill.name, State()).label
        first = Text(drill.topic, style="bold") if drill.topic != topic else Text()
        topic = drill.topic
        level, minutes = Text("*" * drill.level, style="dim"), Text(f"{drill.minutes} min", style="dim")
        reported = Text("reported" if drill.reported else "", style="dim")
        table.add_row(first, drill.name, level, minutes, Text(label, style=COLORS.get(label, "")), reported)
    return Group(table, "", render_progress(drills, states))


def render_progress(drills: Sequence[Drill], states: Mapping[str, State]) -> RenderableType:
    """A bar with how many of the drills are solved."""
    solved = sum(states.get(drill.name, State()).solved for drill in drills)
    row = Table.grid(padding=(0, 1))
    row.add_row(ProgressBar(len(drills), solved, width=30), f"{solved} of {len(drills)} solved")
    return row
