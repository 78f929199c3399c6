"""What a failed check says: the call that was looked at, and where two values first differ."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from interview_prep.judge.diagnose import NEARLY, Difference, compare, find_call_source

CHECKS = """
def test_all():
    assert double(1) == 2
    got = double(3)
    for _ in range(2):
        try:
            assert got == 6
        except ValueError:
            assert_close(double(4), 8)
    assert_close(
        double(5),
        10,
    )
    one, (*_, last) = double(7), double(8)
    assert last == 16
    one, *_ = double(9)
    assert one == 18
    got, seen = double(10), []
    assert seen == [20]
"""
ONES, FRAME = torch.ones(2, 3), pd.DataFrame({"a": [1, 2], "b": [3.0, 4.0]})
NAN = float("nan")
CASES: tuple[tuple[Any, Any, Difference], ...] = (
    (None, ONES, Difference("none", "None: is a return missing?", "tensor([[1., 1., 1.], [1., 1., 1.]])")),
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
    ([1, 2], [1, 3], Difference("value", "2", "3", "first differs at [1]")),
    ((1, 2), [1, 2], Difference("type", "tuple", "list")),
    ([1], [1, 2], Difference("length", "1 items: [1]", "2 items: [1, 2]")),
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
    ([None], [torch.ones(1)], Difference("none", "None: is a return missing?", "tensor([1.])", "in [0]")),
    (FRAME.iloc[:1], FRAME, Difference("shape", "1 rows", "2 rows")),
    (
        FRAME.rename_axis(columns="role"),
        FRAME,
        Difference("names", "names [None, 'role'] of index and columns", "names [None, None] of index and columns"),
    ),
    (FRAME[["b", "a"]], FRAME, Difference("columns", "columns ['b', 'a']", "columns ['a', 'b']")),
    (FRAME.assign(b=[3.0, 5.0]), FRAME, Difference("value", "5.0", "4.0", "first differs in column 'b', row 1")),
)


@pytest.mark.parametrize(("got", "expected", "said"), CASES)
def test_difference(got: Any, expected: Any, said: Difference) -> None:
    """The coarsest difference that explains a failure is told, with its place."""
    found = compare(got, expected)
    assert (found.kind, found.got, found.expected, found.where) == (said.kind, said.got, said.expected, said.where)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (3, "double(1)"),
        (7, "double(3)"),
        (9, "double(4)"),
        (11, "double(5)"),
        (12, "double(5)"),
        (15, "double(8)"),
        (17, "double(9)"),
        (19, "seen"),
    ],
)
def test_called(tmp_path: Path, line: int, says: str) -> None:
    """The call is found from any line of its statement, in blocks too, and through the name that holds its value."""
    checks = tmp_path / "test_answer.py"
    checks.write_text(CHECKS)
    assert find_call_source(str(checks), line) == says
