"""InfoNCE, compared with loops over pairs of rows, one cosine at a time."""

import math

import pytest
import torch
from answer import info_nce
from torch import Tensor
from torch.testing import assert_close


def one_way(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    """Slow and obvious: each row of a among all rows of b."""
    losses = []
    for i in range(len(a)):
        cosines = [(a[i] @ row) / ((a[i] @ a[i]) * (row @ row)).sqrt() for row in b]
        candidates = [(cosine / temperature).exp() for cosine in cosines]
        losses.append(-(candidates[i] / sum(candidates)).log())
    return sum(losses) / len(a)


def both_ways(a: Tensor, b: Tensor, temperature: float) -> Tensor:
    return (one_way(a, b, temperature) + one_way(b, a, temperature)) / 2


def pairs(*shape: int, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    draw = torch.randn(2, *shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return (3 * draw[0]).to(dtype), draw[1].to(dtype)


A, B = [[3.0, 0.0], [0.0, 2.0]], [[1.0, 0.0], [4.0, 3.0]]


def test_example() -> None:
    """Returns the first number in the task."""
    got = info_nce(torch.tensor(A), torch.tensor(B), temperature=1.0)
    assert_close(got, torch.tensor(0.5368), atol=1e-4, rtol=0)


def test_example_one_way() -> None:
    """Returns the second number in the task, from a to b."""
    got = info_nce(torch.tensor(A), torch.tensor(B), temperature=1.0, symmetric=False)
    assert_close(got, torch.tensor(0.5178), atol=1e-4, rtol=0)


def test_example_cold() -> None:
    """Returns the third number in the task, at a low temperature."""
    assert_close(info_nce(torch.tensor(A), torch.tensor(B), temperature=0.01), torch.tensor(5.0))


@pytest.mark.parametrize("temperature", [0.2, 5.0])
def test_both_ways(temperature: float) -> None:
    """Matches loops in both directions."""
    a, b = pairs(3, 4)
    assert_close(info_nce(a, b, temperature), both_ways(a, b, temperature))


@pytest.mark.parametrize("temperature", [0.2, 5.0])
def test_one_way(temperature: float) -> None:
    """Matches loops from a to b."""
    a, b = pairs(3, 4)
    assert_close(info_nce(a, b, temperature, symmetric=False), one_way(a, b, temperature))


def test_the_other_way() -> None:
    """Matches loops from b to a, with the arguments swapped."""
    a, b = pairs(3, 4)
    assert_close(info_nce(b, a, 0.5, symmetric=False), one_way(b, a, 0.5))


def test_default_temperature() -> None:
    """Uses a temperature of 0.07 unless told otherwise."""
    a, b = pairs(3, 5)
    assert_close(info_nce(a, b), both_ways(a, b, 0.07))


def test_square() -> None:
    """Compares rows, not columns, even if N = D."""
    a, b = pairs(3, 3)
    assert_close(info_nce(a, b, 0.5), both_ways(a, b, 0.5))


def test_batch_of_one() -> None:
    """Is 0 without negatives."""
    assert_close(info_nce(*pairs(1, 4)), torch.tensor(0.0))


def test_one_dimension() -> None:
    """Keeps only the sign of vectors of length 1."""
    a, b = torch.tensor([[2.0], [-5.0]]), torch.tensor([[0.1], [-7.0]])
    assert_close(info_nce(a, b, 1.0), torch.tensor(math.log(1 + math.exp(-2))))


def test_all_equal() -> None:
    """Is log(N) if all rows are alike."""
    assert_close(info_nce(torch.ones(5, 2), torch.ones(5, 2)), torch.tensor(math.log(5)))


def test_length_of_rows_of_a() -> None:
    """Doesn't change if the rows of a are scaled, each by its own number."""
    a, b = (side / side.norm(dim=1, keepdim=True) for side in pairs(3, 4))
    scale = torch.tensor([[1e4], [0.01], [3.0]])
    assert_close(info_nce(scale * a, b, 0.5), both_ways(a, b, 0.5))


def test_length_of_rows_of_b() -> None:
    """Doesn't change if the rows of b are scaled, each by its own number."""
    a, b = (side / side.norm(dim=1, keepdim=True) for side in pairs(3, 4))
    scale = torch.tensor([[1e4], [0.01], [3.0]])
    assert_close(info_nce(a, scale * b, 0.5), both_ways(a, b, 0.5))


@pytest.mark.edge
def test_short_rows() -> None:
    """Doesn't change if the rows have length 3e-5."""
    a, b = (3e-5 * side / side.norm(dim=1, keepdim=True) for side in pairs(3, 4))
    assert_close(info_nce(a, b, 0.5), both_ways(a.double(), b.double(), 0.5).float(), atol=2e-3, rtol=0)


@pytest.mark.edge
def test_long_rows_in_half() -> None:
    """Handles rows of length 1,000 in float16, where their squares overflow."""
    a, b = (1000 * side / side.norm(dim=1, keepdim=True) for side in pairs(3, 4))
    expected = both_ways(a.double(), b.double(), 0.5).half()
    assert_close(info_nce(a.half(), b.half(), 0.5), expected, atol=1e-2, rtol=1e-2)


@pytest.mark.edge
def test_device() -> None:
    """Stays on the device of its inputs, here torch's device without data."""
    assert info_nce(torch.ones(3, 2, device="meta"), torch.ones(3, 2, device="meta")).device.type == "meta"


def test_long_rows_that_match() -> None:
    """Is 0 if every row is close to its own partner alone."""
    assert_close(info_nce(1e4 * torch.eye(3), 1e4 * torch.eye(3), 0.01), torch.tensor(0.0))


def test_one_way_with_two_near_one() -> None:
    """Looks for the partner of each row of a, not of each row of b."""
    a, b = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[4.0, -3.0], [4.0, 3.0]])
    # 0.35 from a to b, 1.06 from b to a: so loose that the mean of both passes here, which other checks refuse
    assert_close(info_nce(a, b, 0.1, symmetric=False), torch.tensor(0.35), atol=0.5, rtol=0)


@pytest.mark.edge
def test_row_of_zeros() -> None:
    """Gives a row of zeros similarity 0 to everything."""
    a, b = torch.tensor([[0.0, 0.0], [0.0, 1.0]]), torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    expected = (math.log(2) + math.log(1 + math.exp(-1))) / 2
    assert_close(info_nce(a, b, 1.0, symmetric=False), torch.tensor(expected))


@pytest.mark.parametrize("symmetric", [True, False])
def test_low_temperature(symmetric: bool) -> None:
    """Returns 2,000, not inf, if each row is next to another row's partner."""
    a = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    assert_close(info_nce(a, -a, 0.001, symmetric=symmetric), torch.tensor(2000.0))


@pytest.mark.edge
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float16, 1e-2), (torch.bfloat16, 6e-2), (torch.float64, 1e-8)])
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Returns the inputs' dtype at full precision."""
    a, b = pairs(3, 4, dtype=dtype)
    expected = both_ways(a.double(), b.double(), 0.5).to(dtype)
    assert_close(info_nce(a, b, 0.5), expected, atol=tolerance, rtol=tolerance)


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Handles transposed tensors."""
    a, b = pairs(3, 4)
    assert_close(info_nce(a.T, b.T, 0.5), both_ways(a.T, b.T, 0.5))


@pytest.mark.parametrize(("one", "other"), [((3, 2), (1, 2)), ((2, 2), (3, 2)), ((2, 2), (2, 3)), ((2, 3), (3, 2))])
def test_shapes_that_differ(one: tuple[int, int], other: tuple[int, int]) -> None:
    """Raises ValueError if the shapes differ."""
    with pytest.raises(ValueError):  # noqa: PT011, any sentence will do
        info_nce(torch.ones(one), torch.ones(other))


@pytest.mark.parametrize("symmetric", [True, False])
def test_gradients(symmetric: bool) -> None:
    """Passes the same gradients to both sides as the loops."""
    a, b = (side.requires_grad_() for side in pairs(3, 4, dtype=torch.float64))
    spec = both_ways(a, b, 0.5) if symmetric else one_way(a, b, 0.5)
    got = torch.autograd.grad(info_nce(a, b, 0.5, symmetric=symmetric), (a, b))
    assert_close(got, torch.autograd.grad(spec, (a, b)))


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Doesn't modify a or b."""
    a, b = pairs(3, 4)
    before = a.clone(), b.clone()
    info_nce(a, b)
    assert_close((a, b), before, rtol=0, atol=0)
