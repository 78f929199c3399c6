"""Where two values first differ, by kind."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from interview_prep.judge.compare import NEARLY, Difference, compare

ONES, FRAME = torch.ones(2, 3), pd.DataFrame({"a": [1, 2], "b": [3.0, 4.0]})
NAN, INF = float("nan"), float("inf")
CASES: tuple[tuple[Any, Any, Difference], ...] = (
    (None, ONES, Difference("none", "None", "tensor([[1., 1., 1.], [1., 1., 1.]])")),
    (ONES.T, ONES, Difference("shape", "shape (3, 2) (transposed)", "shape (2, 3)")),
    (ONES.double(), ONES, Difference("dtype", "torch.float64", "torch.float32")),
    (ONES * NAN, ONES, Difference("nan", "nan at [0, 0]", "1", "6 of 6 are not finite")),
    (
        torch.tensor([1.0, 2.5, 4.0]),
        torch.tensor([1.0, 2.0, 3.0]),
        Difference("value", "2.5", "2", "first differs at [1]; 2 of 3 differ, by at most 1"),
    ),
    (
        torch.tensor([[1.0, 1 + 1e-6]]),
        torch.ones(1, 2),
        Difference("value", "1.0000009536743164", "1.0", f"{NEARLY}: differs most at [0, 1], by 9.54e-07"),
    ),
    (
        np.array([0.0, 1e-9]),
        np.array([0.0, 4e-9]),
        Difference("value", "1e-09", "4e-09", f"{NEARLY}: differs most at [1], by 3e-09"),
    ),
    (torch.tensor(2.0), torch.tensor(3.0), Difference("value", "2", "3", "by 1")),
    (ONES.half() * 2, ONES, Difference("dtype", "torch.float16", "torch.float32")),
    (np.zeros(2), ONES, Difference("type", "a ndarray, array([0., 0.])", "a Tensor")),
    ([1, 2], [1, 3], Difference("value", "[1, 2]", "[1, 3]", "first differs at [1]")),
    ([1.0] * 9, [1.0] * 8 + [2.0], Difference("value", "1.0", "2.0", "first differs at [8]")),
    (
        [6.0, 20.0],
        pytest.approx([4.0, 20.0]),
        Difference("value", "[6.0, 20.0]", "[4.0, 20.0]", "first differs at [0]"),
    ),
    ([0.5], pytest.approx([0.25]), Difference("value", "[0.5]", "[0.25]")),
    (torch.tensor(NAN), torch.tensor(1.0), Difference("nan", "nan", "1")),
    (
        torch.tensor([-INF, -INF, 0.5]),
        torch.tensor([-INF, 0.3, 0.5]),
        Difference("nan", "-inf at [1]", "0.3", "1 of 2 entries that should be finite"),
    ),
    (
        np.array([0.5, 0.5]),
        np.array([-INF, 0.5]),
        Difference("value", "0.5", "-inf", "first differs at [0]; 1 of 2 differ"),
    ),
    ((1, 2), [1, 2], Difference("type", "tuple", "list")),
    ([1], [1, 2], Difference("length", "1 item: [1]", "2 items: [1, 2]")),
    ([ONES, ONES[0]], [ONES, ONES], Difference("shape", "shape (3,)", "shape (2, 3)", "in [1]")),
    (
        (torch.zeros(1), torch.zeros(2)),
        (torch.zeros(1), torch.ones(2)),
        Difference("value", "0", "1", "in [1]: first differs at [0]; 2 of 2 differ, by at most 1"),
    ),
    (
        (ONES, torch.tensor([1 + 1e-6])),
        (ONES, torch.ones(1)),
        Difference("value", "1.0000009536743164", "1.0", f"in [1]: {NEARLY}: differs most at [0], by 9.54e-07"),
    ),
    ([None], [torch.ones(1)], Difference("none", "None", "tensor([1.])", "in [0]")),
    (FRAME.iloc[:1], FRAME, Difference("shape", "1 row", "2 rows")),
    (
        FRAME.rename_axis(columns="role"),
        FRAME,
        Difference("names", "names [None, 'role'] of index and columns", "names [None, None] of index and columns"),
    ),
    (FRAME[["b", "a"]], FRAME, Difference("columns", "columns ['b', 'a']", "columns ['a', 'b']")),
    (FRAME.assign(b=[3.0, 5.0]), FRAME, Difference("value", "5.0", "4.0", "first differs in column 'b', row 1")),
)


@pytest.mark.parametrize(("got", "expected", "difference"), CASES)
def test_coarsest_difference_is_named(got: Any, expected: Any, difference: Difference) -> None:
    """The coarsest difference that explains a failure, with its place."""
    assert compare(got, expected) == difference


@pytest.mark.parametrize(
    ("got", "difference"),
    [
        (FRAME.set_index(pd.Index([1, 2])), Difference("index", "index [1, 2]", "index [0, 1]")),
        (FRAME.astype({"b": int}), "dtype"),
        (FRAME.copy(), "value"),
        (FRAME["a"], "type"),
    ],
)
def test_frames_differ_in_more_than_values(got: Any, difference: Difference | str) -> None:
    """Index, dtype and type of a data frame; frames that are equal show both sides."""
    found = compare(got, FRAME)
    assert (found if isinstance(difference, Difference) else found.kind) == difference


def test_arrays_of_texts_are_compared() -> None:
    """Without a numerical difference."""
    found = compare(np.array(["a", "b"]), np.array(["a", "c"]))
    assert found == Difference("value", "b", "c", "first differs at [1]; 1 of 2 differ")
