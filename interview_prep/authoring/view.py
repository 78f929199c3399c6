"""What lint-drills shows: a line for each drill with its problems below, and a sum. Prints nothing."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from interview_prep.authoring.lint import LintResult


def render_lint_result(result: LintResult) -> RenderableType:
    """One drill's line, with its problems below."""
    mark = Text("no ", style="red") if result.problems else Text("ok ", style="green")
    counts = f"{result.mistakes:3} mistakes, {result.verdicts:3} verdicts, {result.seconds:4.1f} s"
    line = Text.assemble(mark, f"{result.drill:32}", (counts, "dim"))
    return Group(line, *(Text(f"   {problem}", style="red") for problem in result.problems))


def format_summary(results: Sequence[LintResult], seconds: float) -> str:
    """One line: how many drills, known mistakes and verdicts, and how long each verdict took."""
    mistakes, verdicts = sum(each.mistakes for each in results), sum(each.verdicts for each in results)
    each_verdict = f"{seconds * 1000 / verdicts:.0f} ms a verdict" if verdicts else "none could be judged"
    return f"{len(results)} drills, {mistakes} known mistakes, {verdicts} verdicts in {seconds:.1f} s ({each_verdict})."
