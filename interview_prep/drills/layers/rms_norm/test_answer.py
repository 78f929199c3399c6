"""RMSNorm against plain numbers, and its gradients against finite differences of them."""

import math

import pytest
import torch
from answer import rms_norm
from torch import Tensor
from torch.testing import assert_close


def by_loops(x: Tensor, weight: Tensor, eps: float = 1e-6) -> Tensor:
    """Slow and obvious: one row at a time, in Python's floats."""
    rows = []
    for row in x.reshape(-1, x.shape[-1]).tolist():
        root = math.sqrt(sum(value * value for value in row) / len(row) + eps)
        rows.append([value / root * w for value, w in zip(row, weight.tolist(), strict=True)])
    return torch.tensor(rows, dtype=torch.float64).view(x.shape).to(x.dtype)


def by_differences(inputs: list[Tensor], which: int, factor: Tensor) -> Tensor:
    """The gradient of sum(factor * result) in one of the inputs, one entry at a time."""
    slopes = []
    for step in 1e-5 * torch.eye(inputs[which].numel(), dtype=torch.float64):
        sides = []
        for sign in (1, -1):
            moved = list(inputs)
            moved[which] = inputs[which] + sign * step.view(inputs[which].shape)
            sides.append((by_loops(*moved) * factor).sum())
        slopes.append((sides[0] - sides[1]) / 2e-5)
    return torch.stack(slopes).view(inputs[which].shape)


def normal(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=draw).to(dtype)


WEIGHT = torch.tensor([0.5, -2.0, 1.5, 3.0])


def test_example() -> None:
    """Matches the first example in the prompt."""
    x = torch.tensor([[1.0, 2.0, 2.0], [0.0, 0.0, 0.0]])
    expected = torch.tensor([[0.5, 10.0, 0.5], [0.0, 0.0, 0.0]])
    assert_close(rms_norm(x, torch.tensor([1.0, 10.0, 0.5]), eps=1.0), expected)


def test_second_example() -> None:
    """Matches the second example in the prompt, a single token."""
    got = rms_norm(torch.tensor([3.0, 4.0]), torch.ones(2))
    assert_close(got, torch.tensor([0.8485, 1.1314]), atol=1e-4, rtol=0)


@pytest.mark.parametrize("shape", [(4,), (1, 4), (3, 4), (2, 1, 3, 4)])
def test_shapes(shape: tuple[int, ...]) -> None:
    """Matches plain loops for any number of batch dimensions."""
    x = normal(*shape)
    assert_close(rms_norm(x, WEIGHT), by_loops(x, WEIGHT))


def test_square_inputs() -> None:
    """Takes the mean over the last dimension even when all sizes are equal."""
    x = normal(4, 4, 4)
    assert_close(rms_norm(x, WEIGHT), by_loops(x, WEIGHT))


def test_rows_apart() -> None:
    """Gives each token its own root mean square, however large the others are."""
    x = normal(3, 4) * torch.tensor([[1.0], [100.0], [0.1]])
    assert_close(rms_norm(x, WEIGHT), by_loops(x, WEIGHT))


def test_mean_is_kept() -> None:
    """Doesn't subtract the mean: a row of equal features becomes ones."""
    assert_close(rms_norm(torch.full((2, 4), 5.0), torch.ones(4)), torch.ones(2, 4))


def test_weight() -> None:
    """Multiplies each feature by its own weight, even if that is 0."""
    x, weight = normal(2, 4), torch.tensor([0.0, 1.0, -3.0, 10.0])
    assert_close(rms_norm(x, weight), by_loops(x, weight))


def test_one_feature() -> None:
    """Leaves only the sign when there is a single feature."""
    x = torch.tensor([[3.0], [-0.5]])
    assert_close(rms_norm(x, torch.ones(1)), torch.tensor([[1.0], [-1.0]]))


@pytest.mark.edge
def test_no_rows() -> None:
    """Returns an empty result for an empty batch."""
    assert_close(rms_norm(torch.empty(0, 4), WEIGHT), torch.empty(0, 4))


@pytest.mark.edge
def test_no_rows_in_half() -> None:
    """Keeps the dtype of an empty batch, whatever the weight's dtype."""
    assert_close(rms_norm(torch.empty(2, 0, 4).half(), WEIGHT), torch.empty(2, 0, 4).half())


@pytest.mark.parametrize("eps", [1e-12, 0.25])
def test_eps(eps: float) -> None:
    """Adds the given eps to the mean square, inside the square root."""
    x = normal(3, 4)
    assert_close(rms_norm(x, WEIGHT, eps), by_loops(x, WEIGHT, eps))


def test_default_eps() -> None:
    """Uses 1e-6 as the default eps, which matters for values around 1e-3."""
    x = 1e-3 * normal(3, 4)
    assert_close(rms_norm(x, WEIGHT), by_loops(x, WEIGHT))


def test_zeros() -> None:
    """Returns zeros, not NaN, for a row of zeros."""
    x = torch.cat([torch.zeros(1, 4), normal(1, 4)])
    assert_close(rms_norm(x, WEIGHT), by_loops(x, WEIGHT))


@pytest.mark.edge
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_zeros_with_a_tiny_eps(dtype: torch.dtype) -> None:
    """Returns zeros when 1 / sqrt(eps) is more than float16 can hold."""
    x = torch.cat([torch.zeros(1, 4), normal(1, 4)]).to(dtype)
    weight = WEIGHT.to(dtype)
    assert_close(rms_norm(x, weight, 1e-12), by_loops(x, weight, 1e-12), atol=4e-2, rtol=4e-2)


def test_large_values() -> None:
    """Handles values around 1e4 in float32."""
    x = 1e4 * normal(3, 4)
    assert_close(rms_norm(x, WEIGHT), by_loops(x, WEIGHT))


@pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [
        (torch.float16, 5e-3),
        (torch.bfloat16, 4e-2),
        pytest.param(torch.float64, 1e-9, marks=pytest.mark.edge),
    ],
)
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Keeps the dtype and the precision of x."""
    x, weight = normal(3, 4, dtype=dtype), WEIGHT.to(dtype)
    assert_close(rms_norm(x, weight), by_loops(x, weight), atol=tolerance, rtol=tolerance)


@pytest.mark.parametrize("scale", [3e3, 1e-3])
def test_squares_of_float16(scale: float) -> None:
    """Squares in float32: in float16, large squares are inf and small ones 0."""
    x, weight = (scale * normal(3, 4)).half(), torch.ones(4).half()
    assert_close(rms_norm(x, weight), by_loops(x, weight), atol=5e-3, rtol=5e-3)


@pytest.mark.edge
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_weight_of_another_dtype(dtype: torch.dtype) -> None:
    """Returns x's dtype when the weight has a different one."""
    x = normal(3, 4, dtype=dtype)
    assert_close(rms_norm(x, WEIGHT), by_loops(x, WEIGHT), atol=4e-2, rtol=4e-2)


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Accepts a transposed x."""
    x = normal(4, 3).T
    assert_close(rms_norm(x, WEIGHT), by_loops(x, WEIGHT))


def test_gradient_of_x() -> None:
    """Passes the gradient through the root mean square too."""
    x, weight, factor = normal(2, 4, dtype=torch.float64), WEIGHT.double(), normal(2, 4, seed=1, dtype=torch.float64)
    leaf = x.clone().requires_grad_()
    got = torch.autograd.grad((rms_norm(leaf, weight) * factor).sum(), leaf)
    assert_close(got, (by_differences([x, weight], 0, factor),), atol=1e-5, rtol=1e-5)


def test_gradient_of_weight() -> None:
    """Gives the weight its gradient, summed over the batch."""
    x, weight, factor = normal(2, 4, dtype=torch.float64), WEIGHT.double(), normal(2, 4, seed=1, dtype=torch.float64)
    leaf = weight.clone().requires_grad_()
    got = torch.autograd.grad((rms_norm(x, leaf) * factor).sum(), leaf)
    assert_close(got, (by_differences([x, weight], 1, factor),), atol=1e-5, rtol=1e-5)


@pytest.mark.edge
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_gradients_in_half(dtype: torch.dtype) -> None:
    """Gives the same gradients in half precision."""
    wide = [normal(2, 4, dtype=dtype).double(), WEIGHT.double()]
    leaves = [t.to(dtype).requires_grad_() for t in wide]
    factor = normal(2, 4, seed=1, dtype=dtype)
    got = torch.autograd.grad((rms_norm(*leaves) * factor).sum(), leaves)
    expected = tuple(by_differences(wide, which, factor.double()).to(dtype) for which in (0, 1))
    assert_close(got, expected, atol=6e-2, rtol=6e-2)


def test_gradient_of_zeros() -> None:
    """Has a finite gradient for a row of zeros: weight / sqrt(eps)."""
    x = torch.zeros(1, 4, requires_grad=True)
    got = torch.autograd.grad(rms_norm(x, WEIGHT, 0.01).sum(), x)
    assert_close(got, (10 * WEIGHT[None],))


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Doesn't modify x or the weight."""
    inputs = [normal(3, 4), WEIGHT.clone()]
    before = [t.clone() for t in inputs]
    rms_norm(*inputs)
    assert_close(inputs, before, rtol=0, atol=0)
