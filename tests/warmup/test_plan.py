"""The plans agree with the README, with each other and with the files that they name."""

from pathlib import Path

import pytest

from interview_prep.paths import ROOT
from interview_prep.warmup.plan import ML, WarmupError, make_plan


@pytest.mark.parametrize("minutes", [30, 60, 90])
def test_minutes_of_the_steps_add_up(minutes: int) -> None:
    """A plan of that many minutes takes that many minutes."""
    assert sum(step.minutes for step in make_plan(minutes)) == minutes


def test_longer_plan_begins_with_shorter_one() -> None:
    """The 60-minute plan begins with all of the 30-minute one, and the 90-minute plan with all of that."""
    assert make_plan(90)[:7] == make_plan(60)
    assert make_plan(60)[:4] == make_plan(30)


def test_readme_has_the_same_plan() -> None:
    """Each step is in the README, in order, with its minutes."""
    text = (ROOT / "README.md").read_text().partition("## The plan")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line[:1].isdigit()]
    steps = make_plan(90)
    assert len(lines) == len(steps)
    for line, step in zip(lines, steps, strict=True):
        assert f"({step.minutes} min)" in line
        assert Path(step.path or "interview_prep/ml").stem.replace("model_training_loop", "training_loop") in line


def test_each_step_names_an_existing_file() -> None:
    """A plan must not outlive the files."""
    assert [step.path for step in make_plan(90) if not (ML / step.path).exists()] == []


def test_unknown_minutes_raise() -> None:
    """The error names the plans that there are; at the door it becomes exit 2."""
    with pytest.raises(WarmupError, match=r"no plan for 45 minutes. `invoke warmup --minutes 30`, 60 or 90"):
        make_plan(45)
