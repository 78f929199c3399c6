"""Why a check failed, as a candidate wants to read it: the call, what it returned, what was expected.

call_source.py finds the call, describe_inputs.py what went into it, compare.py where the values differ.
Left out: advice.
"""

import ast
import linecache
import re
import traceback
import warnings
from dataclasses import replace
from types import FrameType, TracebackType
from typing import Any

from interview_prep.errors import one_line
from interview_prep.judge.call_source import CallSource, find_call_source, parse_module
from interview_prep.judge.compare import Difference, compare, format_short
from interview_prep.judge.describe_inputs import describe_inputs
from interview_prep.judge.verdict import CheckResult

COMPARED_NAMES = (("actual", "expected"), ("actual", "desired"), ("left", "right"), ("x", "y"))  # in libraries' asserts
CHECKS_FILE = "test_answer.py"


def describe_failure(
    check: CheckResult, error: BaseException, compared: tuple[str, Any, Any] | None, answer: str
) -> CheckResult:
    """The result of a check that raised `error`.

    `compared` has operator and sides of a plain assert, if pytest told them.
    """
    failed = replace(check, kind=type(error).__name__, got=describe_error(error))
    failed = replace(failed, **locate_failure(error))
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
    got = difference.got
    if difference.kind == "none" and returns_nothing(answer, failed.call):
        got = "None: is a return missing?"
    return replace(failed, kind=difference.kind, got=got, expected=difference.expected, difference=difference.where)


def compare_sides(operator: str, got: Any, expected: Any) -> Difference:
    """What is wrong with the sides of an assert. Where it isn't ==, the operator begins what was expected."""
    if operator == "==":
        return compare(got, expected)
    return Difference("value", format_short(got), f"{operator} {format_short(expected)}")


def returns_nothing(answer: str, call: str) -> bool:
    """Whether a function that the call names has no return with a value in the answer's source."""
    names = {*re.findall(r"\w+", call), "forward"}
    functions = [node for node in ast.walk(parse_module(answer)) if isinstance(node, ast.FunctionDef)]
    return any(
        not any(
            isinstance(node, ast.Yield | ast.YieldFrom) or (isinstance(node, ast.Return) and node.value is not None)
            for node in ast.walk(function)
        )
        for function in functions
        if function.name in names
    )


def locate_failure(error: BaseException) -> dict[str, Any]:
    """Where in the checks it failed: the line of the check, the call, and what went into it.

    An assert in a helper of the checks is about the helper's call; any other error about the check's.
    """
    frames = [
        (frame, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename.endswith(CHECKS_FILE) and not frame.f_code.co_name.startswith("<")
    ]
    if not frames:
        return {}
    frame, line = frames[-1] if isinstance(error, AssertionError) else frames[0]
    call = find_call_source(frame.f_code.co_filename, line)
    return {"checks_line": frames[0][1], "call": call.text, "inputs": describe_or_leave_out(frame, call)}


def describe_or_leave_out(frame: FrameType, call: CallSource) -> dict[str, str]:
    """The inputs, or none where they cannot be described: a verdict must not fail for that."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return describe_inputs(frame, call)
    except BaseException:  # noqa: BLE001 - the answer's own objects may raise whatever they like
        return {}


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
