"""What the judge says about an answer: plain data, the same in a process, over a pipe and as JSON.

Left out: how a verdict is shown and stored.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class CheckResult:
    """The result of one check. Everything below `parameters` is empty where it passed."""

    name: str  # the test's name, with its parameters
    description: str  # what the check is about, in one sentence
    passed: bool
    edge: bool = False  # whether only a strict reviewer asks for it; else it is core
    parameters: str = ""  # the parameters that it was run with
    cases: dict[str, int] = field(default_factory=dict)  # each parameter's index among the values it is run with
    kind: str = ""  # shape, dtype, nan, value, ..., or the name of an exception
    checks_line: int = 0  # of test_answer.py, where the check stopped
    call: str = ""  # what was called, as the check writes it
    inputs: dict[str, str] = field(default_factory=dict)  # what went into the call, by name
    got: str = ""
    expected: str = ""
    difference: str = ""  # where and how much


@dataclass(frozen=True)
class Verdict:
    """The verdict on one answer.

    `passed`: every core check has reported a pass, and nothing was refused. `complete`: every edge has, too.
    """

    drill: str
    passed: bool
    complete: bool = False
    checks: tuple[CheckResult, ...] = ()
    reason: str = ""  # what was wrong besides failed checks: a syntax error, an endless loop, a forbidden call
    line: int = 0  # of the answer, where the reason has one; else 0
    known_mistake: str = ""  # the advice for a known mistake that fails the same checks in the same way
    printed: str = ""  # the end of what the answer printed
    seconds: float = field(default=0.0, compare=False)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        return tuple(check for check in self.checks if not check.passed)

    @property
    def failure_signature(self) -> frozenset[tuple[str, str]]:
        """Which checks failed, and how; identifies a known mistake."""
        return frozenset((check.name, check.kind) for check in self.failed) | ({("", self.reason)} - {("", "")})

    @property
    def failed_to_write(self) -> bool:
        """Whether the answer may have failed because the disk is full."""
        return "OSError" in self.reason or any(check.kind == "OSError" for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        return {**vars(self), "checks": [vars(check) for check in self.checks]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Verdict":
        return cls(**{**data, "checks": tuple(CheckResult(**check) for check in data["checks"])})
