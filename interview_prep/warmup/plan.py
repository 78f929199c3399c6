"""What a warm-up consists of: steps, and how each of them went. Left out: the plans and running them, runner.py's."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Step:
    """One line of the plan: what to do with a file, and the minutes it is given."""

    verb: Literal["Skim", "Read", "Review", "Run", "Test", "Practice"]
    path: str  # below interview_prep/ml/
    minutes: int


@dataclass(frozen=True)
class StepResult:
    """How a step went: the seconds it took and, when it failed, why."""

    step: Step
    seconds: float
    failure: str = ""
