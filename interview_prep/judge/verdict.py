"""What the judge says about an answer: plain data, the same in a process, over a pipe and as JSON.

Left out: how a verdict is shown and stored.
"""

import re
from dataclasses import dataclass, field
from typing import Any

FORM_KINDS = ("dtype", "type", "device", "index", "names")  # the values may well be right


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
    known_mistake: str = ""  # the advice for a known mistake that fails the same checks with the same results
    printed: str = ""  # the end of what the answer printed
    seconds: float = field(default=0.0, compare=False)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The failed checks, the most telling one first."""
        return tuple(sorted((check for check in self.checks if not check.passed), key=rank_failure))

    @property
    def failure_signature(self) -> frozenset[tuple[str, str, str]]:
        """Which checks failed, how, and with what results; identifies a known mistake."""
        texts = {(check.name, check.kind, describe_result(check)) for check in self.failed}
        return frozenset(texts | ({("", self.reason, "")} - {("", "", "")}))

    @property
    def failed_to_write(self) -> bool:
        """Whether the answer may have failed because the disk is full."""
        return "OSError" in self.reason or any(check.kind == "OSError" for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        return {**vars(self), "checks": [vars(check) for check in self.checks]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Verdict":
        return cls(**{**data, "checks": tuple(CheckResult(**check) for check in data["checks"])})


def rank_failure(check: CheckResult) -> tuple[bool, bool, bool]:
    """How little a failure tells: core before edge, values before types, one example before many cases."""
    return check.edge, check.kind in FORM_KINDS, "[" in check.name


def describe_result(check: CheckResult) -> str:
    """What a failed check got and where that differs, without what varies between answers that make one mistake.

    These are the last digits of numbers, addresses in memory, and the answer's own lines.
    """
    difference = "" if check.difference.startswith("line ") else check.difference
    text = re.sub(r"0x[0-9a-f]+", "0x", f"{check.got}; {difference}")
    return re.sub(r"-?\d+\.\d+(e[-+]?\d+)?|-?\d+e[-+]?\d+", lambda number: f"{float(number[0]):.4g}", text)
