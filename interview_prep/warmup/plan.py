"""The warm-up plans of the README: which steps, how many minutes each, and how a step went.

Left out: running them (runner.py).
"""

from dataclasses import dataclass
from typing import Literal

from interview_prep.errors import KitError
from interview_prep.paths import ROOT

ML = ROOT / "interview_prep" / "ml"
RUNNABLE = ("Run", "Test")  # the verbs of steps that run something


class WarmupError(KitError):
    """There is no such plan, or a step can't do what it says."""


@dataclass(frozen=True)
class Step:
    """One line of the plan: what to do with a file, and for how many minutes."""

    verb: Literal["Skim", "Read", "Review", "Run", "Test", "Practice"]
    path: str  # below interview_prep/ml/; "" is all of it
    minutes: int


@dataclass(frozen=True)
class StepResult:
    """How a step went: the seconds it took and, if it failed, why."""

    step: Step
    seconds: float
    failure: str = ""


PLANS = {
    30: (
        Step("Skim", "reference/ml_interview_reference.md", 10),
        Step("Run", "pytorch/model_training_loop.py", 10),
        Step("Run", "huggingface/pipelines_and_inference.py", 5),
        Step("Review", "pytorch/debugging_and_shapes.md", 5),
    ),
    60: (
        Step("Read", "reference/python_idioms.md", 10),
        Step("Test", "", 10),
        Step("Skim", "reference/pandas_patterns.md", 10),
    ),
    90: (
        Step("Read", "huggingface/tokenization_notes.md", 10),
        Step("Read", "sklearn_notes/when_to_use_sklearn.md", 10),
        Step("Practice", "pytorch/model_training_loop.py", 10),
    ),
}


def make_plan(minutes: int) -> list[Step]:
    """The steps for 30, 60 or 90 minutes; a longer plan begins with the shorter ones. Raises WarmupError."""
    if minutes not in PLANS:
        raise WarmupError(f"There is no plan for {minutes} minutes. `invoke warmup --minutes 30`, 60 or 90.")
    return [step for length, steps in PLANS.items() if length <= minutes for step in steps]
