"""What the judge says of an answer: plain data, the same in a process, over a pipe and as JSON."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class CheckResult:
    """One check of a drill. What follows `given` is empty where it passed."""

    name: str  # the test's name, with its parameters
    description: str  # what it is about, in one sentence
    passed: bool
    parameters: str = ""  # the parameters that it was run with
    kind: str = ""  # shape, dtype, nan, value, ..., or the name of an exception
    call: str = ""  # what was called, as the check writes it
    got: str = ""
    expected: str = ""
    difference: str = ""  # where and how much


@dataclass(frozen=True)
class Verdict:
    """Of one answer: `passed` only where every check reported that it did and nothing else was amiss."""

    drill: str
    passed: bool
    checks: tuple[CheckResult, ...] = ()
    reason: str = ""  # why there is no such report: a syntax error, a loop without end, a refused call
    line: int = 0  # of the answer, where the reason has one
    known_mistake: str = ""  # what a known mistake with the same failures would be told
    printed: str = ""  # the end of what the answer printed
    seconds: float = field(default=0.0, compare=False)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.checks if not check.passed)

    @property
    def failure_signature(self) -> frozenset[tuple[str, str]]:
        """By which a mistake is known again: what failed, and how."""
        return frozenset((check.name, check.kind) for check in self.failed) | ({("", self.reason)} - {("", "")})

    @property
    def failed_to_write(self) -> bool:
        """Whether an answer may have failed because nothing could be written."""
        return "OSError" in self.reason or any(check.kind == "OSError" for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        return {**vars(self), "checks": [vars(check) for check in self.checks]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Verdict":
        return cls(**{**data, "checks": tuple(CheckResult(**check) for check in data["checks"])})
