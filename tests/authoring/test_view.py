"""What lint-drills shows, from plain values."""

from rich.console import Console

from interview_prep.authoring import view
from interview_prep.authoring.lint import LintResult

GOOD = LintResult("rope", (), verdicts=20, mistakes=5, seconds=1.25)
BROKEN = LintResult("lora", ("lora/start.py: passes",), verdicts=0, mistakes=0, seconds=0.04)


def test_line_of_a_drill_has_its_counts_and_problems() -> None:
    """A problem is a line of its own below it."""
    console = Console(width=80, color_system=None)
    with console.capture() as drawn:
        console.print(view.render_lint_result(GOOD), view.render_lint_result(BROKEN))
    assert [line.rstrip() for line in drawn.get().splitlines()] == [
        f"ok {'rope':32}  5 mistakes,  20 verdicts,  1.2 s",
        f"no {'lora':32}  0 mistakes,   0 verdicts,  0.0 s",
        "   lora/start.py: passes",
    ]


def test_summary_adds_up_and_divides() -> None:
    """Milliseconds a verdict, where there was one."""
    assert view.format_summary([GOOD, BROKEN], 2) == (
        "2 drills, 5 known mistakes, 20 verdicts in 2.0 s (100 ms a verdict)."
    )
    assert view.format_summary([BROKEN], 0.1) == (
        "1 drills, 0 known mistakes, 0 verdicts in 0.1 s (none could be judged)."
    )
