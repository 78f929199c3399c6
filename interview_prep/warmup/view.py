"""What a warm-up shows: the heading of each step and the table at the end. Prints nothing."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table

from interview_prep.warmup.plan import Step, StepResult


def render_heading(step: Step, number: str, done: int, total: int) -> RenderableType:
    """What heads a step: what to do, the minutes it is given, and how much of the plan is done."""
    title = f"[bold]{number}  {step.verb} {step.path or 'interview_prep/ml'}[/]  ·  {step.minutes} min"
    progress = Table.grid(padding=(0, 1))
    progress.add_row(ProgressBar(total, done, width=30), f"{done} of {total} min done")
    return Group(Rule(), title, progress, "")


def render_results(results: Sequence[StepResult], steps: Sequence[Step]) -> RenderableType:
    """The table at the end: each step, its time, and what failed or was not reached."""
    table = Table(title="Warm-up", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in ("step", "", "box", "took"):
        table.add_column(column, justify="right" if column in ("box", "took") else "left", overflow="fold")
    table.add_column("result")
    for index, step in enumerate(steps):
        result = results[index] if index < len(results) else None
        took = f"{result.seconds:.1f} s" if result else ""
        place, minutes = step.path or "interview_prep/ml", f"{step.minutes} min"
        table.add_row(step.verb, place, minutes, took, describe_result(result))
    return Group(Rule(), table)


def describe_result(result: StepResult | None) -> str:
    """How a step ended, in color; None is a step that was not reached."""
    if not result:
        return "[dim]not run[/]"
    return f"[red]failed: {result.failure}[/]" if result.failure else "[green]done[/]"
