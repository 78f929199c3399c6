"""A failed check as the candidate reads it, from the exception that it raised."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from interview_prep.judge.diagnose import describe_error, describe_failure
from interview_prep.judge.verdict import CheckResult

CHECK = CheckResult("test_example", "Doubles two numbers.", passed=False)
CHECKS = """
import numpy as np
from torch import tensor
from torch.testing import assert_close

def test_torch(double):
    assert_close(double(tensor([1.0])), tensor([2.0]))

def test_numpy(double):
    got = double(np.ones(2))
    np.testing.assert_allclose(got, np.full(2, 2.0))

def test_number(double):
    assert double(1) == 2

def test_scalar(double):
    np.testing.assert_equal(double(3), 6)
"""


def fail(tmp_path: Path, check: str, answer: str, compared: tuple[str, Any, Any] | None = None) -> CheckResult:
    """How a check fails on an answer; `compared` is what pytest would tell of a plain assert."""
    checks_file, answer_file = tmp_path / "test_answer.py", tmp_path / "double.py"
    checks_file.write_text(CHECKS)
    answer_file.write_text(answer)
    checks, module = ModuleType("checks"), ModuleType("answer")
    exec(compile(CHECKS, str(checks_file), "exec"), vars(checks))
    exec(compile(answer, str(answer_file), "exec"), vars(module))
    with pytest.raises(BaseException) as raised:
        vars(checks)[check](module.double)
    return describe_failure(CHECK, raised.value, compared, str(answer_file))


@pytest.mark.parametrize(
    ("check", "call", "got", "expected", "difference"),
    [
        ("test_torch", "double(tensor([1.0]))", "1", "2", "first differs at [0]; 1 of 1 differ, by at most 1"),
        ("test_numpy", "double(np.ones(2))", "1", "2", "first differs at [0]; 2 of 2 differ, by at most 1"),
        ("test_scalar", "double(3)", "3", "6", ""),
    ],
)
def test_values_of_a_librarys_assert_are_found(  # noqa: PLR0917
    tmp_path: Path, check: str, call: str, got: str, expected: str, difference: str
) -> None:
    """What assert_close, assert_allclose and assert_equal have compared is read from their frames."""
    result = fail(tmp_path, check, "def double(x): return x")
    assert (result.kind, result.call) == ("value", call)
    assert (result.got, result.expected, result.difference) == (got, expected, difference)


@pytest.mark.parametrize(("operator", "expected"), [("==", "2"), ("<", "< 2"), ("in", "in 2")])
def test_sides_of_a_plain_assert_are_shown(tmp_path: Path, operator: str, expected: str) -> None:
    """Where the operator isn't equality, it stands before what was expected."""
    result = fail(tmp_path, "test_number", "def double(x): return x", (operator, 1, 2))
    assert (result.kind, result.call, result.got, result.expected) == ("value", "double(1)", "1", expected)


def test_error_in_the_answer_has_its_line(tmp_path: Path) -> None:
    """The line is shown, with the exception and its first line."""
    result = fail(tmp_path, "test_number", "def double(x):\n    raise ValueError('one\\ntwo')\n")
    assert (result.kind, result.got, result.expected) == ("ValueError", "ValueError: one", "")
    assert result.difference == r"line 2: raise ValueError('one\ntwo')"


def test_warning_in_the_answer_says_that_none_was_expected(tmp_path: Path) -> None:
    """Where a drill forbids warnings they are raised as errors."""
    result = fail(tmp_path, "test_number", "def double(x): raise UserWarning('old')")
    assert (result.kind, result.expected) == ("UserWarning", "no warning")


@pytest.mark.parametrize(
    ("answer", "got"),
    [
        ("def double(x): x * 2", "None: is a return missing?"),
        ("def double(x):\n    if x > 5: return x\n    return None", "None"),
    ],
)
def test_missing_return_is_suspected_only_where_there_is_none(tmp_path: Path, answer: str, got: str) -> None:
    """A function that returns something elsewhere, or None on purpose, has forgotten nothing."""
    result = fail(tmp_path, "test_number", answer, ("==", None, 2))
    assert (result.kind, result.got) == ("none", got)


def test_failed_check_has_its_line_and_its_inputs(tmp_path: Path) -> None:
    """So that the failure can be repeated by hand."""
    result = fail(tmp_path, "test_numpy", "def double(x): return x")
    assert CHECKS.splitlines()[result.checks_line - 1].strip().startswith("np.testing.assert_allclose")
    result = fail(tmp_path, "test_number", "def double(x): return x", ("==", 1, 2))
    assert (result.call, result.inputs) == ("double(1)", {})


def test_value_that_cannot_be_shown_is_no_error_of_the_judge(tmp_path: Path) -> None:
    """An answer's own class may raise anything when it is printed."""

    class Strange:
        def __repr__(self) -> str:
            raise SystemExit(0)

    result = fail(tmp_path, "test_number", "def double(x): return x", ("==", Strange(), 2))
    assert (result.kind, result.got) == ("SystemExit", "cannot be compared: SystemExit: 0")


def test_error_without_a_text_is_its_name() -> None:
    """An empty message, or one that can't be read."""

    class Unreadable(Exception):  # noqa: N818 - the name is shown
        def __str__(self) -> str:
            raise SystemExit(0)

    assert describe_error(KeyError()) == "KeyError"
    assert describe_error(Unreadable()) == "Unreadable"
    assert describe_error(ValueError("\n one \ntwo")) == "ValueError: one"
