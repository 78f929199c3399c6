"""Why a check failed, as a candidate wants to read it: the call, what it returned, what was expected.

call_source.py finds the call, compare.py where the values differ. Left out: advice.
"""

import linecache
import traceback
import warnings
from dataclasses import replace
from types import TracebackType
from typing import Any

from interview_prep.errors import one_line
from interview_prep.judge.call_source import find_call_source
from interview_prep.judge.compare import Difference, compare, format_short
from interview_prep.judge.verdict import CheckResult

COMPARED_NAMES = (("actual", "expected"), ("actual", "desired"), ("left", "right"), ("x", "y"))  # in libraries' asserts
CHECKS_FILE = "test_answer.py"


def describe_failure(
    check: CheckResult, error: BaseException, compared: tuple[str, Any, Any] | None, answer: str
) -> CheckResult:
    """The result of a check that raised `error`.

    `compared` has operator and sides of a plain assert, if pytest told them.
    """
    failed = replace(check, kind=type(error).__name__, call=find_call(error), got=describe_error(error))
    line = find_answer_line(answer, error)
    if line and not isinstance(error, AssertionError):
        where = f"line {line}: {linecache.getline(answer, line).strip()}"
        return replace(failed, expected="no warning" if isinstance(error, Warning) else "", difference=where)
    operator, *sides = compared or ("==", *(find_compared_values(error.__traceback__) or ()))
    if not isinstance(error, AssertionError | TypeError) or not sides:
        return failed
    try:
        with warnings.catch_warnings(action="ignore"):
            difference = compare_sides(operator, *sides)
    except BaseException as strange:  # noqa: BLE001 - the answer's own objects may raise whatever they like
        return replace(failed, kind=type(strange).__name__, got=f"cannot be compared: {describe_error(strange)}")
    return replace(
        failed, kind=difference.kind, got=difference.got, expected=difference.expected, difference=difference.where
    )


def compare_sides(operator: str, got: Any, expected: Any) -> Difference:
    """What is wrong with the sides of an assert. Where it isn't ==, the operator begins what was expected."""
    if operator == "==":
        return compare(got, expected)
    return Difference("value", format_short(got), f"{operator} {format_short(expected)}")


def find_call(error: BaseException) -> str:
    """The call in the checks that an error came through, or ""."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename.endswith(CHECKS_FILE):
            return find_call_source(frame.f_code.co_filename, line)
    return ""


def find_answer_line(answer: str, error: BaseException) -> int:
    """The last line of the answer that an error came through, or 0."""
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == answer]
    return lines[-1] if lines else 0


def describe_error(error: BaseException) -> str:
    """The error's name and the first line of its message, if it has one that can be read."""
    try:
        message = one_line(error)
    except BaseException:  # noqa: BLE001 - the answer's own exceptions may raise whatever they like
        message = ""
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def find_compared_values(trace: TracebackType | None) -> tuple[Any, Any] | None:
    """The two values that a library's own assert has compared: assert_close, assert_allclose, assert_frame_equal."""
    for frame, _ in traceback.walk_tb(trace):
        if "assert" in frame.f_code.co_name and not frame.f_code.co_filename.endswith(CHECKS_FILE):
            for left, right in COMPARED_NAMES:
                if left in frame.f_locals and right in frame.f_locals:
                    return frame.f_locals[left], frame.f_locals[right]
    return None
