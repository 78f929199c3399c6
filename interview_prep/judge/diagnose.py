"""Why a check failed, as a candidate wants to read it: the call, what it gave, what was due, and where they differ."""

import ast
import functools
import linecache
import re
import reprlib
import traceback
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd
import torch

from interview_prep.judge.verdict import CheckResult

PAIRS = (("actual", "expected"), ("actual", "desired"), ("left", "right"), ("x", "y"))  # of the libraries' own asserts
NEARLY = "nearly equal"
SHORT = reprlib.Repr()
SHORT.maxstring = SHORT.maxother = 70
SHORT.maxlist = SHORT.maxtuple = SHORT.maxdict = 8


@dataclass(frozen=True)
class Difference:
    kind: str  # shape, dtype, nan, value, ...
    got: str
    expected: str
    where: str = ""


def describe_failure(
    check: CheckResult, error: BaseException, compared: tuple[str, Any, Any] | None, answer: str
) -> CheckResult:
    """A failed check, from what it raised; `compared` are operator and sides of a plain assert, if pytest told."""
    frames = list(traceback.walk_tb(error.__traceback__))
    test = next(((frame, line) for frame, line in frames if frame.f_code.co_filename.endswith("test_answer.py")), None)
    call = find_call_source(test[0].f_code.co_filename, test[1]) if test else ""
    line = find_answer_line(answer, error)
    if line and not isinstance(error, AssertionError):
        where = f"line {line}: {linecache.getline(answer, line).strip()}"
        due = "no warning" if isinstance(error, Warning) else ""
        return replace(check, kind=type(error).__name__, call=call, got=one_line(error), expected=due, difference=where)
    operator, *sides = compared or ("==", *(find_compared_values(error.__traceback__) or ()))
    if not isinstance(error, AssertionError | TypeError) or not sides:
        return replace(check, kind=type(error).__name__, call=call, got=one_line(error))
    try:
        with warnings.catch_warnings(action="ignore"):
            if operator == "==":
                found = compare(*sides)
            else:
                found = Difference("value", format_short(sides[0]), f"{operator} {format_short(sides[1])}")
    except BaseException as strange:  # noqa: BLE001 - the answer's own objects may raise whatever they like
        return replace(check, kind=type(strange).__name__, call=call, got=f"cannot be compared: {one_line(strange)}")
    got, expected, where = found.got, found.expected, found.where
    return replace(check, kind=found.kind, call=call, got=got, expected=expected, difference=where)


def find_answer_line(answer: str, error: BaseException) -> int:
    """The last line of the answer that an error came through, or 0."""
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == answer]
    return lines[-1] if lines else 0


def one_line(error: BaseException) -> str:
    """The error in one line."""
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def find_compared_values(trace: TracebackType | None) -> tuple[Any, Any] | None:
    """What the deepest of a library's own asserts has compared: assert_close, assert_allclose, assert_frame_equal."""
    for frame, _ in traceback.walk_tb(trace):
        if "assert" in frame.f_code.co_name and not frame.f_code.co_filename.endswith("test_answer.py"):
            for left, right in PAIRS:
                if left in frame.f_locals and right in frame.f_locals:
                    return frame.f_locals[left], frame.f_locals[right]
    return None


@functools.cache
def find_call_source(path: str, line: int) -> str:
    """The call whose value a check has looked at: the first argument or left side, through one name."""
    within = list(find_enclosing_statements(path, line))
    statement = within[-1] if within else None
    looked_at: ast.expr | None = None
    if isinstance(statement, ast.Assert):
        looked_at = statement.test.left if isinstance(statement.test, ast.Compare) else statement.test
    elif isinstance(statement, ast.Expr | ast.Assign):
        value = statement.value
        is_assert = isinstance(value, ast.Call) and "assert" in ast.unparse(value.func) and value.args
        looked_at = value.args[0] if is_assert and isinstance(value, ast.Call) else value
    if isinstance(looked_at, ast.Name):
        looked_at = find_assigned_call(within[0], looked_at.id, line) or looked_at
    return "" if looked_at is None else truncate(ast.unparse(looked_at))


def find_enclosing_statements(path: str, line: int) -> Iterator[ast.AST]:
    """The statements that a line is in, from the module's to the innermost."""
    inner: Iterable[ast.AST] = parse_module(path).body
    while True:
        nodes = (node for node in inner if isinstance(node, ast.stmt | ast.excepthandler))
        node = next((node for node in nodes if node.lineno <= line <= (node.end_lineno or 0)), None)
        if node is None:
            return
        yield node
        inner = ast.iter_child_nodes(node)


@functools.cache
def parse_module(path: str) -> ast.Module:
    return ast.parse("".join(linecache.getlines(path)))


def find_assigned_call(tree: ast.AST, name: str, line: int) -> ast.expr | None:
    """What a name was last given above a line, where that was a call."""
    given = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and node.lineno < line]
    pairs = [
        (node.lineno, *pair) for node in given for target in node.targets for pair in match_targets(target, node.value)
    ]
    last = max((at for at, target, _ in pairs if target == name), default=0)
    found = next((value for at, target, value in pairs if (at, target) == (last, name)), None)
    return found if found and any(isinstance(node, ast.Call) for node in ast.walk(found)) else None


def match_targets(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Each name that an assignment gives a value to, with the nearest expression of it."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Starred):
        yield from match_targets(target.value, value)
    elif isinstance(target, ast.Tuple | ast.List):
        several = value.elts if isinstance(value, ast.Tuple | ast.List) else []
        values = several if len(several) == len(target.elts) else [value] * len(target.elts)
        for each, part in zip(target.elts, values, strict=True):
            yield from match_targets(each, part)


def truncate(text: str, limit: int = 74) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def compare(got: Any, expected: Any) -> Difference:
    """Where two values first differ, by kind: the coarsest that explains it."""
    if got is None:
        return Difference("none", "None: is a return missing?", format_short(expected))
    if isinstance(expected, torch.Tensor) and isinstance(got, torch.Tensor):
        about = (str(got.dtype), str(expected.dtype), str(got.device), str(expected.device))
        return compare_arrays(to_numpy(got), to_numpy(expected), about)
    if isinstance(expected, np.ndarray) and isinstance(got, np.ndarray):
        return compare_arrays(got, expected, (str(got.dtype), str(expected.dtype), "", ""))
    if isinstance(expected, pd.DataFrame | pd.Series) and type(got) is type(expected):
        return compare_frames(pd.DataFrame(got), pd.DataFrame(expected))
    if isinstance(expected, torch.Tensor | np.ndarray | pd.DataFrame) and type(got) is not type(expected):
        return Difference("type", f"a {type(got).__name__}, {format_short(got)}", f"a {type(expected).__name__}")
    if isinstance(got, list | tuple) and isinstance(expected, list | tuple):
        return compare_sequences(got, expected)
    return Difference("value", format_short(got), format_short(expected))


def to_numpy(tensor: torch.Tensor) -> np.ndarray:
    """As NumPy, in a type that holds the value of any."""
    value = tensor.detach().cpu()
    return (value.double() if value.is_floating_point() else value).numpy()


def compare_arrays(got: np.ndarray, expected: np.ndarray, about: tuple[str, str, str, str]) -> Difference:
    dtype, due, device, due_device = about
    if got.shape != expected.shape:
        turned = " (transposed)" if got.shape == expected.shape[::-1] else ""
        return Difference("shape", f"shape {got.shape}{turned}", f"shape {expected.shape}")
    if device != due_device:
        return Difference("device", device, due_device)
    if device and dtype != due:  # NumPy's asserts do not mind
        return Difference("dtype", dtype, due)
    floats, numbers = got.dtype.kind == expected.dtype.kind == "f", got.dtype.kind in "fiub"
    bad = ~np.isfinite(got) & np.isfinite(expected) if floats else np.zeros(got.shape, bool)
    if bad.any():
        at = first_true_index(bad)
        where = f"{bad.sum()} of {bad.size} are not finite"
        return Difference("nan", f"{got[at]} at {list(at)}", format_number(expected[at]), where)
    differs = ~np.isclose(got, expected, rtol=1e-5, atol=1e-7, equal_nan=True) if numbers else got != expected
    if not differs.any():
        return Difference("dtype", dtype, due) if dtype != due else compare_nearly_equal(got, expected)
    at = first_true_index(differs)
    size = f"by at most {np.nanmax(np.abs(got.astype(float) - expected.astype(float))):.3g}" if numbers else ""
    where = f"first differs at {list(at)}; {differs.sum()} of {differs.size} differ, {size}".removesuffix(", ")
    where = where if got.shape else size.replace("at most ", "")
    return Difference("value", format_number(got[at]), format_number(expected[at]), where)


def compare_nearly_equal(got: np.ndarray, expected: np.ndarray) -> Difference:
    """Where arrays differ most that look the same: something was computed in less precision."""
    gap = np.abs(got.astype(float) - expected.astype(float)) if got.dtype.kind == "f" else np.zeros(got.shape)
    if not np.nan_to_num(gap).any():
        return Difference("value", format_short(got), format_short(expected), NEARLY)
    at = np.unravel_index(np.nanargmax(gap), gap.shape)
    where = f"{NEARLY}: differs most at {[int(i) for i in at]}, by {gap[at]:.3g}"
    return Difference("value", repr(float(got[at])), repr(float(expected[at])), where)


def first_true_index(mask: np.ndarray) -> tuple[int, ...]:
    """The index of its first True."""
    return tuple(int(i) for i in np.argwhere(mask)[0])


def format_number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)


def compare_frames(got: pd.DataFrame, expected: pd.DataFrame) -> Difference:
    if list(got.columns) != list(expected.columns):
        return Difference("columns", f"columns {list(got.columns)}", f"columns {list(expected.columns)}")
    if got.shape != expected.shape:
        return Difference("shape", f"{len(got)} rows", f"{len(expected)} rows")
    if not got.index.equals(expected.index):
        return Difference(
            "index", f"index {format_short(got.index.tolist())}", f"index {format_short(expected.index.tolist())}"
        )
    for column in expected:
        same = (got[column] == expected[column]) | (got[column].isna() & expected[column].isna())
        if not same.all():
            row = same[~same].index[0]
            where = f"first differs in column {column!r}, row {row!r}"
            return Difference("value", format_short(got[column][row]), format_short(expected[column][row]), where)
    dtypes, due = dict(got.dtypes.astype(str)), dict(expected.dtypes.astype(str))
    if dtypes != due:
        return Difference("dtype", format_short(dtypes), format_short(due))
    named = [
        f"names {format_short([frame.index.name, frame.columns.name])} of index and columns"
        for frame in (got, expected)
    ]
    return (
        Difference("names", *named)
        if named[0] != named[1]
        else Difference("value", *map(format_short, (got, expected)))
    )


def compare_sequences(got: Any, expected: Any) -> Difference:
    if len(got) != len(expected):
        return Difference(
            "length", f"{len(got)} items: {format_short(got)}", f"{len(expected)} items: {format_short(expected)}"
        )
    close = []
    for at, (mine, due) in enumerate(zip(got, expected, strict=True)):
        found = compare(mine, due) if isinstance(due, torch.Tensor | np.ndarray) else None
        if found:
            found = replace(found, where=f"in [{at}]: {found.where}".removesuffix(": "))
            if NEARLY not in found.where:
                return found
            close.append(found)
        elif mine != due:
            return Difference("value", format_short(mine), format_short(due), f"first differs at [{at}]")
    if type(got) is type(expected):
        most = next((each for each in close if not each.where.endswith(NEARLY)), None)
        return most or Difference("value", format_short(got), format_short(expected), NEARLY)
    return Difference("type", type(got).__name__, type(expected).__name__)


def format_short(value: Any) -> str:
    shown = SHORT.repr(value.item() if isinstance(value, np.generic) else value)
    return re.sub(r"\n\s*", " ", shown)
