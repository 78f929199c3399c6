"""Checks for the judge's own tests."""

import pytest
import torch
from answer import double
from torch.testing import assert_close


def test_example() -> None:
    """Doubles two numbers."""
    assert_close(double(torch.tensor([1.0, -2.0])), torch.tensor([2.0, -4.0]))


@pytest.mark.parametrize("batch", [1, pytest.param(2, marks=pytest.mark.edge)])
def test_batch(batch: int) -> None:
    """Doubles a batch."""
    assert_close(double(torch.ones(batch, 3)), torch.full((batch, 3), 2.0))


def test_sum() -> None:
    """Gives 12 in sum for 1, 2, 3."""
    assert double(torch.tensor([1, 2, 3])).sum() == 12


@pytest.mark.edge
def test_unchanged() -> None:
    """Leaves its input alone."""
    x = torch.tensor([1.0])
    double(x)
    assert x.item() == 1.0
