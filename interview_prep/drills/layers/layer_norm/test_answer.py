"""LayerNorm against plain numbers, and its backward pass against finite differences of them."""

import math

import pytest
import torch
from answer import layer_norm, layer_norm_backward
from torch import Tensor
from torch.testing import assert_close


def row_by_loops(row: list[float], weight: list[float], bias: list[float], eps: float) -> list[float]:
    """Slow and obvious: one row, in Python's floats."""
    mean = sum(row) / len(row)
    root = math.sqrt(sum((value - mean) ** 2 for value in row) / len(row) + eps)
    return [(value - mean) / root * w + b for value, w, b in zip(row, weight, bias, strict=True)]


def by_loops(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    rows = x.reshape(-1, x.shape[-1]).tolist()
    results = [row_by_loops(row, weight.tolist(), bias.tolist(), eps) for row in rows]
    return torch.tensor(results, dtype=torch.float64).view(x.shape).to(x.dtype)


def slopes(which: int, factors: list[float], inputs: list[list[float]], eps: float) -> list[float]:
    """The gradient of one row's sum(factors * result) in inputs[which], one entry at a time."""
    found = []
    for at in range(len(factors)):
        sides = []
        for step in (1e-5, -1e-5):
            moved = [list(values) for values in inputs]
            moved[which][at] += step
            sides.append(sum(f * y for f, y in zip(factors, row_by_loops(*moved, eps), strict=True)))
        found.append((sides[0] - sides[1]) / 2e-5)
    return found


def by_differences(which: int, grad: Tensor, x: Tensor, weight: Tensor, eps: float = 1e-5) -> Tensor:
    """The gradient of sum(grad * y) in x (0), weight (1) or bias (2)."""
    size = len(weight)
    pairs = zip(grad.reshape(-1, size).tolist(), x.reshape(-1, size).tolist(), strict=True)
    rows = [slopes(which, factors, [row, weight.tolist(), [0.0] * size], eps) for factors, row in pairs]
    found = torch.tensor(rows, dtype=torch.float64).to(x.dtype)
    return found.sum(dim=0) if which else found.view(x.shape)


def normal(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=draw).to(dtype)


WEIGHT = torch.tensor([0.5, -2.0, 1.5])
BIAS = torch.tensor([1.0, 0.0, -3.0])
EXAMPLE = torch.tensor([[1.0, 1.0, 3.0, 3.0]]), torch.tensor([1.0, 2.0, 4.0, 0.0])
SHAPES = [(3,), (1, 3), (2, 3), (2, 1, 2, 3)]


def test_example() -> None:
    """Matches the result in the prompt."""
    got = layer_norm(*EXAMPLE, torch.tensor([0.0, 0.0, 0.0, 1.0]), eps=3.0)
    assert_close(got, torch.tensor([[-0.5, -1.0, 2.0, 1.0]]))


def test_example_backward() -> None:
    """Matches the three gradients in the prompt."""
    got = layer_norm_backward(torch.tensor([[4.0, 1.0, 1.0, 2.0]]), *EXAMPLE, eps=3.0)
    expected = [[[0.6875, -0.3125, 0.8125, -1.1875]], [-2.0, -0.5, 0.5, 1.0], [4.0, 1.0, 1.0, 2.0]]
    assert_close(got, tuple(map(torch.tensor, expected)))


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(shape: tuple[int, ...]) -> None:
    """Matches plain loops for any number of batch dimensions."""
    x = normal(*shape)
    assert_close(layer_norm(x, WEIGHT, BIAS), by_loops(x, WEIGHT, BIAS))


def test_square_inputs() -> None:
    """Normalizes over the last dimension even when all sizes are equal."""
    x = normal(3, 3, 3)
    assert_close(layer_norm(x, WEIGHT, BIAS), by_loops(x, WEIGHT, BIAS))


@pytest.mark.parametrize("eps", [1e-12, 0.25])
def test_eps(eps: float) -> None:
    """Adds the given eps to the variance, inside the square root."""
    x = normal(2, 3)
    assert_close(layer_norm(x, WEIGHT, BIAS, eps), by_loops(x, WEIGHT, BIAS, eps))


def test_default_eps() -> None:
    """Uses 1e-5 as the default eps, which matters for values around 1e-3."""
    x = 1e-3 * normal(2, 3)
    assert_close(layer_norm(x, WEIGHT, BIAS), by_loops(x, WEIGHT, BIAS))


def test_equal_features() -> None:
    """Returns the bias, not NaN, for a row of equal features."""
    assert_close(layer_norm(torch.full((2, 3), 7.0), WEIGHT, BIAS), BIAS.expand(2, 3))


@pytest.mark.edge
def test_large_mean() -> None:
    """Keeps the variance of features around 1e4."""
    x = 1e4 + normal(2, 3)
    assert_close(layer_norm(x, WEIGHT, BIAS), by_loops(x, WEIGHT, BIAS), atol=1e-2, rtol=1e-2)


@pytest.mark.edge
def test_large_mean_in_double() -> None:
    """Keeps the variance of features around 1e6 in float64."""
    inputs = [1e6 + normal(2, 3, dtype=torch.float64), WEIGHT.double(), BIAS.double()]
    assert_close(layer_norm(*inputs), by_loops(*inputs), atol=1e-7, rtol=1e-7)


def test_outlier() -> None:
    """Doesn't clip one feature that sticks out among many."""
    x, weight, bias = normal(2, 100), normal(100, seed=1), normal(100, seed=2)
    x[0, 7], x[1, 42] = 100.0, -100.0
    assert_close(layer_norm(x, weight, bias), by_loops(x, weight, bias), atol=1e-4, rtol=1e-4)


def test_large_values() -> None:
    """Handles values around 1e4."""
    x = 1e4 * normal(2, 3)
    assert_close(layer_norm(x, WEIGHT, BIAS), by_loops(x, WEIGHT, BIAS))


@pytest.mark.edge
def test_double() -> None:
    """Keeps the precision of float64."""
    inputs = [normal(2, 3, dtype=torch.float64), WEIGHT.double(), BIAS.double()]
    assert_close(layer_norm(*inputs), by_loops(*inputs), atol=1e-10, rtol=1e-10)


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Accepts a transposed x."""
    x = normal(3, 2).T
    assert_close(layer_norm(x, WEIGHT, BIAS), by_loops(x, WEIGHT, BIAS))


@pytest.mark.parametrize("shape", SHAPES)
def test_gradient_of_x(shape: tuple[int, ...]) -> None:
    """Passes the gradient through mean and variance too, row by row."""
    grad, x = normal(*shape, seed=1), normal(*shape)
    got, *_ = layer_norm_backward(grad, x, WEIGHT)
    assert_close(got, by_differences(0, grad, x, WEIGHT), atol=1e-4, rtol=1e-4)


def test_gradient_along_a_shift() -> None:
    """Has no gradient along a shift of the row, which changes nothing."""
    got, *_ = layer_norm_backward(normal(2, 3, seed=1), normal(2, 3), WEIGHT)
    assert_close(got.sum(dim=-1), torch.zeros(2), atol=1e-5, rtol=0)


def test_gradient_along_a_stretch() -> None:
    """Has no gradient along a stretch of the row about its mean, except for eps."""
    x = normal(2, 3)
    got, *_ = layer_norm_backward(normal(2, 3, seed=1), x, WEIGHT, 1e-12)
    assert_close((got * (x - x.mean(dim=-1, keepdim=True))).sum(dim=-1), torch.zeros(2), atol=1e-5, rtol=0)


@pytest.mark.parametrize("shape", SHAPES)
def test_gradient_of_weight(shape: tuple[int, ...]) -> None:
    """Sums the weight's gradient over all batch dimensions."""
    grad, x = normal(*shape, seed=1), normal(*shape)
    _, got, _ = layer_norm_backward(grad, x, WEIGHT)
    assert_close(got, by_differences(1, grad, x, WEIGHT), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_gradient_of_bias(shape: tuple[int, ...]) -> None:
    """Sums the bias's gradient over all batch dimensions."""
    grad, x = normal(*shape, seed=1), normal(*shape)
    *_, got = layer_norm_backward(grad, x, WEIGHT)
    assert_close(got, by_differences(2, grad, x, WEIGHT), atol=1e-4, rtol=1e-4)


def test_backward_eps() -> None:
    """Uses the eps that the backward pass is given."""
    grad, x = normal(2, 3, seed=1), normal(2, 3)
    got = layer_norm_backward(grad, x, WEIGHT, 0.25)
    expected = tuple(by_differences(which, grad, x, WEIGHT, 0.25) for which in range(3))
    assert_close(got, expected, atol=1e-4, rtol=1e-4)


def test_backward_default_eps() -> None:
    """Uses 1e-5 as the default eps in the backward pass."""
    grad, x = normal(2, 3, seed=1), 3e-3 * normal(2, 3)
    _, got, _ = layer_norm_backward(grad, x, WEIGHT)
    assert_close(got, by_differences(1, grad, x, WEIGHT), atol=1e-4, rtol=1e-4)


def test_backward_of_equal_features() -> None:
    """Returns a finite gradient of x for a row of equal features."""
    grad = torch.tensor([[1.0, 2.0, 6.0]])
    got, *_ = layer_norm_backward(grad, torch.full((1, 3), 7.0), torch.ones(3), 0.01)
    assert_close(got, torch.tensor([[-20.0, -10.0, 30.0]]))


@pytest.mark.edge
def test_backward_of_one_feature() -> None:
    """Returns zero gradients for x and weight when there is only one feature."""
    got = layer_norm_backward(torch.tensor([[2.0], [3.0]]), torch.tensor([[5.0], [-1.0]]), torch.ones(1))
    assert_close(got, (torch.zeros(2, 1), torch.zeros(1), torch.tensor([5.0])))


@pytest.mark.edge
def test_backward_in_double() -> None:
    """Returns gradients in float64, with its precision, for float64 inputs."""
    grad, x, weight = normal(2, 3, seed=1, dtype=torch.float64), normal(2, 3, dtype=torch.float64), WEIGHT.double()
    got = layer_norm_backward(grad, x, weight)
    expected = tuple(by_differences(which, grad, x, weight) for which in range(3))
    assert_close(got, expected, atol=1e-8, rtol=1e-8)


@pytest.mark.edge
def test_backward_not_contiguous() -> None:
    """Accepts an expanded grad, as a sum produces, and a transposed x."""
    grad, x = torch.tensor([1.0, 3.0, -1.0]).expand(2, 2, 3), normal(2, 3, 2).transpose(1, 2)
    got = layer_norm_backward(grad, x, WEIGHT)
    expected = tuple(by_differences(which, grad, x, WEIGHT) for which in range(3))
    assert_close(got, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.edge
@pytest.mark.parametrize("shape", SHAPES)
def test_inputs_unchanged(shape: tuple[int, ...]) -> None:
    """Doesn't modify x, weight, bias or grad in either pass."""
    x, weight, bias, grad = inputs = [normal(*shape), WEIGHT.clone(), BIAS.clone(), normal(*shape, seed=1)]
    before = [t.clone() for t in inputs]
    layer_norm(x, weight, bias)
    layer_norm_backward(grad, x, weight)
    assert_close(inputs, before, rtol=0, atol=0)
