"""Finds where two values first differ, and of what kind the difference is: the coarsest that explains it.

Left out: the tolerances of a check. What its assert rejects although the values look the same is "nearly equal".
"""

import re
import reprlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from _pytest.approx import ApproxSequenceLike

NEARLY = "nearly equal"
MAX_SEQUENCE = 70  # characters of a sequence that is shown whole
SHORT = reprlib.Repr()
SHORT.maxstring = SHORT.maxother = 70
SHORT.maxlist = SHORT.maxtuple = SHORT.maxdict = 8


@dataclass(frozen=True)
class Difference:
    """One difference, as a candidate reads it."""

    kind: str  # shape, dtype, nan, value, ...
    got: str
    expected: str
    where: str = ""


def compare(got: Any, expected: Any) -> Difference:
    """The first difference between what a check got and what it expected."""
    if got is None:
        return Difference("none", "None", format_short(expected))
    if isinstance(expected, torch.Tensor) and isinstance(got, torch.Tensor):
        return compare_tensors(got, expected)
    if isinstance(expected, np.ndarray) and isinstance(got, np.ndarray):
        return compare_shapes(got, expected) or compare_array_values(got, expected, str(got.dtype), str(expected.dtype))
    if isinstance(expected, pd.DataFrame | pd.Series) and type(got) is type(expected):
        return compare_frames(pd.DataFrame(got), pd.DataFrame(expected))
    if isinstance(expected, torch.Tensor | np.ndarray | pd.DataFrame) and type(got) is not type(expected):
        return Difference("type", f"a {type(got).__name__}, {format_short(got)}", f"a {type(expected).__name__}")
    if isinstance(got, list | tuple) and isinstance(expected, list | tuple):
        return compare_sequences(got, expected)
    if isinstance(got, list | tuple) and isinstance(expected, ApproxSequenceLike):
        return compare_sequences(got, type(got)(expected.expected), approximately=expected)
    return Difference("value", format_short(got), format_short(expected))


def compare_tensors(got: torch.Tensor, expected: torch.Tensor) -> Difference:
    got_array, expected_array = to_numpy(got), to_numpy(expected)
    difference = compare_shapes(got_array, expected_array)
    if difference:
        return difference
    if got.device != expected.device:
        return Difference("device", str(got.device), str(expected.device))
    if got.dtype != expected.dtype:
        return Difference("dtype", str(got.dtype), str(expected.dtype))
    return compare_array_values(got_array, expected_array, str(got.dtype), str(expected.dtype))


def to_numpy(tensor: torch.Tensor) -> np.ndarray:
    """The same values in an array; floats as float64, because NumPy has no bfloat16."""
    value = tensor.detach().cpu()
    return (value.double() if value.is_floating_point() else value).numpy()


def compare_shapes(got: np.ndarray, expected: np.ndarray) -> Difference | None:
    if got.shape == expected.shape:
        return None
    hint = " (transposed)" if got.shape == expected.shape[::-1] else ""
    return Difference("shape", f"shape {got.shape}{hint}", f"shape {expected.shape}")


def compare_array_values(got: np.ndarray, expected: np.ndarray, dtype: str, expected_dtype: str) -> Difference:
    """The difference between arrays of one shape. NumPy's asserts ignore dtypes, so equal values come first."""
    are_floats, are_numbers = got.dtype.kind == expected.dtype.kind == "f", got.dtype.kind in "fiub"
    broken = ~np.isfinite(got) & np.isfinite(expected) if are_floats else np.zeros(got.shape, bool)
    if broken.any():
        return describe_broken(got, expected, broken)
    differs = ~np.isclose(got, expected, rtol=1e-5, atol=1e-7, equal_nan=True) if are_numbers else got != expected
    if not differs.any() and dtype != expected_dtype:
        return Difference("dtype", dtype, expected_dtype)
    if not differs.any():
        return compare_nearly_equal(got, expected)
    index = first_true_index(differs)
    gap = describe_gap(got, expected) if are_numbers else ""
    where = f"first differs at {list(index)}; {differs.sum()} of {differs.size} differ, {gap}".removesuffix(", ")
    where = where if got.shape else gap.replace("at most ", "")
    return Difference("value", format_number(got[index]), format_number(expected[index]), where)


def describe_broken(got: np.ndarray, expected: np.ndarray, broken: np.ndarray) -> Difference:
    """Entries that are infinite or no numbers where finite ones were expected; others may rightly be infinite."""
    index = first_true_index(broken)
    if not got.shape:
        return Difference("nan", format_number(got[()]), format_number(expected[()]))
    finite = np.isfinite(expected)
    of = f"{broken.sum()} of {finite.sum()}"
    where = f"{of} are not finite" if finite.all() else f"{of} entries that should be finite"
    return Difference("nan", f"{got[index]} at {list(index)}", format_number(expected[index]), where)


def describe_gap(got: np.ndarray, expected: np.ndarray) -> str:
    """By how much arrays of numbers differ, or "" where that is infinite."""
    with np.errstate(invalid="ignore"):
        gap = np.abs(got.astype(float) - expected.astype(float))
    return "" if np.isinf(gap).any() else f"by at most {np.nanmax(gap):.3g}"


def compare_nearly_equal(got: np.ndarray, expected: np.ndarray) -> Difference:
    """Where arrays differ most that look the same: something was computed in less precision."""
    gap = np.abs(got.astype(float) - expected.astype(float)) if got.dtype.kind == "f" else np.zeros(got.shape)
    if not np.nan_to_num(gap).any():
        return Difference("value", format_short(got), format_short(expected), NEARLY)
    index = np.unravel_index(np.nanargmax(gap), gap.shape)
    where = f"{NEARLY}: differs most at {[int(i) for i in index]}, by {gap[index]:.3g}"
    return Difference("value", repr(float(got[index])), repr(float(expected[index])), where)


def first_true_index(mask: np.ndarray) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(mask)[0])


def compare_frames(got: pd.DataFrame, expected: pd.DataFrame) -> Difference:
    """The first difference in columns, rows, index, values, dtypes and names, in this order."""
    if list(got.columns) != list(expected.columns):
        return Difference("columns", f"columns {list(got.columns)}", f"columns {list(expected.columns)}")
    if got.shape != expected.shape:
        return Difference("shape", *(f"{len(frame)} row" + "s" * (len(frame) != 1) for frame in (got, expected)))
    if not got.index.equals(expected.index):
        return Difference("index", *(f"index {format_short(frame.index.tolist())}" for frame in (got, expected)))
    for column in expected:
        same = (got[column] == expected[column]) | (got[column].isna() & expected[column].isna())
        if not same.all():
            row = same[~same].index[0]
            where = f"first differs in column {column!r}, row {row!r}"
            return Difference("value", format_short(got[column][row]), format_short(expected[column][row]), where)
    dtypes, expected_dtypes = dict(got.dtypes.astype(str)), dict(expected.dtypes.astype(str))
    if dtypes != expected_dtypes:
        return Difference("dtype", format_short(dtypes), format_short(expected_dtypes))
    names, expected_names = (
        f"names {format_short([frame.index.name, frame.columns.name])} of index and columns"
        for frame in (got, expected)
    )
    if names != expected_names:
        return Difference("names", names, expected_names)
    return Difference("value", format_short(got), format_short(expected))


def compare_sequences(got: Any, expected: Any, approximately: Any = None) -> Difference:
    """The first item that differs; an array that is only nearly equal counts if nothing else differs.

    `approximately` is the pytest.approx that `expected` is from, which decides in place of ==.
    """
    if len(got) != len(expected):
        return Difference("length", *(f"{count_items(each)}: {format_short(each)}" for each in (got, expected)))
    nearly_equal = []
    for index, (item, expected_item) in enumerate(zip(got, list_items(expected, approximately), strict=True)):
        if isinstance(expected_item, torch.Tensor | np.ndarray):
            difference = compare(item, expected_item)
            difference = replace(difference, where=f"in [{index}]: {difference.where}".removesuffix(": "))
            if NEARLY not in difference.where:
                return difference
            nearly_equal.append(difference)
        elif item != expected_item:
            return describe_item(got, expected, index)
    if type(got) is not type(expected):
        return Difference("type", type(got).__name__, type(expected).__name__)
    with_gap = (each for each in nearly_equal if not each.where.endswith(NEARLY))
    return next(with_gap, Difference("value", format_short(got), format_short(expected), NEARLY))


def list_items(expected: Any, approximately: Any) -> Any:
    """The expected items, each approximate where the whole is."""
    if approximately is None:
        return expected
    rel, absolute, nan_ok = approximately.rel, approximately.abs, approximately.nan_ok
    return [pytest.approx(item, rel=rel, abs=absolute, nan_ok=nan_ok) for item in expected]


def describe_item(got: Any, expected: Any, index: int) -> Difference:
    """Sequences that differ at an index: both of them where they are short, else the items there."""
    where = f"first differs at [{index}]" if len(got) > 1 else ""
    texts = [format_short(each) for each in (got, expected)]
    if any(len(text) > MAX_SEQUENCE or "..." in text for text in texts):
        texts = [format_short(each[index]) for each in (got, expected)]
        where = f"first differs at [{index}]"
    return Difference("value", texts[0], texts[1], where)


def count_items(items: Any) -> str:
    return f"{len(items)} item" + "s" * (len(items) != 1)


def format_number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)


def format_short(value: Any) -> str:
    """The value's repr on one line, shortened."""
    text = SHORT.repr(value.item() if isinstance(value, np.generic) else value)
    return re.sub(r"\n\s*", " ", text)
