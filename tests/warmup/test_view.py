"""What a warm-up shows around its steps."""

import io

from rich.console import Console, RenderableType

from interview_prep.warmup.plan import Step, StepResult
from interview_prep.warmup.view import render_heading, render_results

STEPS = [Step("Run", "pytorch/model_training_loop.py", 10), Step("Test", "", 10), Step("Skim", "a.md", 5)]


def render(view: RenderableType) -> list[list[str]]:
    """The words of each line at 80 columns."""
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(view)
    return [line.split() for line in console.export_text().splitlines()]


def test_heading_says_what_to_do_and_how_far_the_plan_is() -> None:
    """A step without a path is about all of the material."""
    lines = render(render_heading(STEPS[1], "2 of 3", 10, 25))
    assert ["2", "of", "3", "Test", "interview_prep/ml", "·", "10", "min"] in lines
    assert lines[2][-5:] == ["10", "of", "25", "min", "done"]


def test_results_show_done_failed_and_not_run() -> None:
    """Each step of the plan has a row, whether it was reached or not."""
    results = [StepResult(STEPS[0], 12.34), StepResult(STEPS[1], 1.0, "exit 1")]
    rows = render(render_results(results, STEPS))[-3:]
    assert rows == [
        ["Run", "pytorch/model_training_loop.py", "10", "min", "12.3", "s", "done"],
        ["Test", "interview_prep/ml", "10", "min", "1.0", "s", "failed:", "exit", "1"],
        ["Skim", "a.md", "5", "min", "not", "run"],
    ]
