"""Rotations against plain numbers, one pair at a time."""

import itertools
import math

import pytest
import torch
from answer import rope
from torch import Tensor
from torch.testing import assert_close


def by_loops(x: Tensor, offset: int = 0, base: float = 10000.0) -> Tensor:
    """Slow and obvious: one pair of features at a time, in Python's floats."""
    length, size = x.shape[-2:]
    rows = x.reshape(-1, size).tolist()
    for n, row in enumerate(rows):
        position = offset + n % length
        for i in range(size // 2):
            angle = position * base ** (-2 * i / size)
            a, b = row[i], row[i + size // 2]
            row[i] = a * math.cos(angle) - b * math.sin(angle)
            row[i + size // 2] = a * math.sin(angle) + b * math.cos(angle)
    return torch.tensor(rows, dtype=torch.float64).view(x.shape).to(x.dtype)


def inputs(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=draw).to(dtype)


ROWS = torch.tensor([[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]])


def test_example() -> None:
    """Matches the first example in the task."""
    expected = torch.tensor([[1.0, 2.0, 3.0, 4.0], [-1.9841, 1.5907, 2.4624, 4.1797]])
    assert_close(rope(ROWS, base=100.0), expected, atol=1e-4, rtol=0)


def test_example_with_offset() -> None:
    """Matches the second example in the task, with an offset."""
    expected = torch.tensor([[-1.9841, 1.5907, 2.4624, 4.1797]])
    assert_close(rope(ROWS[1:], offset=1, base=100.0), expected, atol=1e-4, rtol=0)


def test_two_features() -> None:
    """Rotates a pair by one radian per position, from first to second feature."""
    expected = torch.tensor([[1.0, 0.0], [math.cos(1), math.sin(1)], [math.cos(2), math.sin(2)]])
    assert_close(rope(torch.tensor([[1.0, 0.0]]).repeat(3, 1)), expected)


@pytest.mark.parametrize("shape", [(3, 6), (2, 3, 4), (2, 2, 5, 8)])
def test_shapes(shape: tuple[int, ...]) -> None:
    """Agrees with loops for any number of batch dimensions."""
    x = inputs(*shape)
    assert_close(rope(x), by_loops(x))


@pytest.mark.parametrize("batch", [1, 3])
def test_batch(batch: int) -> None:
    """Treats batch and heads alike: only the row sets the position."""
    x = inputs(1, 1, 2, 4).expand(batch, 3, 2, 4)
    assert_close(rope(x), by_loops(x))


def test_square_inputs() -> None:
    """Takes positions from dimension -2 even when all sizes are equal."""
    x = inputs(4, 4, 4, 4)
    assert_close(rope(x), by_loops(x))


@pytest.mark.parametrize("offset", [1, 7, 100])
def test_offset(offset: int) -> None:
    """Starts at the position given by the offset."""
    x = inputs(2, 3, 4)
    assert_close(rope(x, offset), by_loops(x, offset), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("base", [2.0, 500000.0])
def test_base(base: float) -> None:
    """Uses the base for its frequencies."""
    x = inputs(3, 6)
    assert_close(rope(x, base=base), by_loops(x, base=base))


def test_all_frequencies() -> None:
    """Has the slowest frequency in the last pair: base ** (-(D - 2) / D)."""
    x = inputs(1, 8)
    assert_close(rope(x, 3, 10.0), by_loops(x, 3, 10.0))


def test_second_of_a_pair() -> None:
    """Rotates the second feature of a pair toward minus the first."""
    got = rope(torch.tensor([[0.0, 1.0]]), offset=1)
    assert_close(got, torch.tensor([[-math.sin(1), math.cos(1)]]))


def test_fastest_pair() -> None:
    """Rotates no pair by more than one radian per position."""
    got = rope(torch.tensor([[1.0, 1.0, 1.0, 0.0, 0.0, 0.0]]), offset=1, base=2.0)
    assert (got[0, 3:].atan2(got[0, :3]) < 1.001).all()


def test_slowest_pair() -> None:
    """Rotates every pair by at least 1 / base radians per position."""
    got = rope(torch.tensor([[1.0, 1.0, 1.0, 0.0, 0.0, 0.0]]), offset=1, base=10.0)
    assert (got[0, 3:].atan2(got[0, :3]) > 0.0999).all()


def test_position_zero() -> None:
    """Leaves the token at position 0 unchanged."""
    x = inputs(2, 1, 4)
    assert_close(rope(x), x)


def test_norms() -> None:
    """Keeps the norm of every pair."""
    x = inputs(3, 6)
    got = rope(x, 5)
    assert_close(got.view(3, 2, 3).norm(dim=1), x.view(3, 2, 3).norm(dim=1))


def test_differs_by_position() -> None:
    """Gives equal tokens different results at different positions."""
    got = rope(torch.ones(6, 4))
    pairs = itertools.combinations(range(6), 2)
    assert not any(torch.allclose(got[i], got[j], atol=1e-3) for i, j in pairs)


@pytest.mark.parametrize("moved", [1, 50])
def test_relative_positions(moved: int) -> None:
    """Keeps all scores when queries and keys shift together."""
    query, key = inputs(3, 8, dtype=torch.float64), inputs(3, 8, seed=1, dtype=torch.float64)
    scores = rope(query, moved) @ rope(key, moved).T
    assert_close(scores, by_loops(query) @ by_loops(key).T, atol=1e-4, rtol=0)


def test_step_by_step() -> None:
    """Gives the same token by token, with offsets, as in one call."""
    x = inputs(2, 4, 6)
    steps = torch.cat([rope(x[:, t : t + 1], offset=t) for t in range(4)], dim=1)
    assert_close(steps, by_loops(x))


@pytest.mark.parametrize("features", [1, 5])
def test_odd_features(features: int) -> None:
    """Raises ValueError for an odd number of features."""
    with pytest.raises(ValueError):  # noqa: PT011, any sentence will do
        rope(torch.ones(2, features))


@pytest.mark.edge
def test_large_values() -> None:
    """Rotates values of 1e4 as precisely as small ones."""
    x = 1e4 * inputs(3, 4)
    assert_close(rope(x), by_loops(x), atol=1e-2, rtol=1e-5)


@pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [
        (torch.bfloat16, 4e-2),
        pytest.param(torch.float16, 5e-3, marks=pytest.mark.edge),
        pytest.param(torch.float64, 1e-5, marks=pytest.mark.edge),
    ],
)
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Keeps the inputs' dtype."""
    x = inputs(2, 3, 4, dtype=dtype)
    assert_close(rope(x), by_loops(x), atol=tolerance, rtol=tolerance)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, pytest.param(torch.float16, marks=pytest.mark.edge)])
def test_far_positions(dtype: torch.dtype) -> None:
    """Tells distant positions apart, even in half precision."""
    x = inputs(3, 4, dtype=dtype)
    assert_close(rope(x, 9001), by_loops(x, 9001), atol=5e-2, rtol=5e-2)


def test_long_sequence() -> None:
    """Rotates each row of a long sequence by its own position."""
    x = inputs(1, 90, 4)
    assert_close(rope(x, 5), by_loops(x, 5), atol=1e-4, rtol=1e-4)


@pytest.mark.edge
def test_device() -> None:
    """Creates new tensors on x's device."""
    got = rope(torch.zeros(2, 3, 4, device="meta"), 1)
    assert (got.device.type, got.shape) == ("meta", (2, 3, 4))


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Accepts heads split off by a transpose."""
    x = inputs(2, 3, 2, 4).transpose(1, 2)
    assert_close(rope(x), by_loops(x))


@pytest.mark.edge
def test_gradients() -> None:
    """Rotates gradients back by the opposite angles."""
    x, weights = inputs(3, 4).requires_grad_(), inputs(3, 4, seed=1)
    got = torch.autograd.grad((rope(x, 2) * weights).sum(), x)
    unit = torch.eye(12).view(12, 3, 4)
    assert_close(got[0].flatten(), (by_loops(unit, 2) * weights).sum((1, 2)))


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Leaves queries and keys unchanged."""
    x = inputs(2, 3, 4)
    before = x.clone()
    rope(x, 1)
    assert_close(x, before, rtol=0, atol=0)
