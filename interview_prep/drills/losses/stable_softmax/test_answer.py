"""Softmax, log-softmax and log-sum-exp, compared with sums of math.exp, one number at a time."""

import itertools
import math

import pytest
import torch
from answer import log_softmax, logsumexp, softmax
from torch import Tensor
from torch.testing import assert_close

INF = float("inf")
EXAMPLE = [[1000.0, 1001.0, 1003.0]]


def sums_by_loops(x: Tensor, dim: int) -> Tensor:
    """Slow and obvious: the sum of exp along dim, which keeps the size 1, in float64."""
    slices = x.movedim(dim, -1)
    sums = torch.empty(slices.shape[:-1], dtype=torch.float64)
    for index in itertools.product(*map(range, sums.shape)):
        sums[index] = sum(math.exp(number) for number in slices[index].tolist())
    return sums.unsqueeze(dim)


def numbers(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    draw = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return (2 * draw).to(dtype)


def test_example_softmax() -> None:
    """Returns the softmax of the task's example."""
    assert_close(softmax(torch.tensor(EXAMPLE)), torch.tensor([[0.0420, 0.1142, 0.8438]]), atol=1e-4, rtol=0)


def test_example_log_softmax() -> None:
    """Returns the log-softmax of the task's example."""
    expected = torch.tensor([[-3.1698, -2.1698, -0.1698]])
    assert_close(log_softmax(torch.tensor(EXAMPLE)), expected, atol=1e-4, rtol=0)


def test_example_logsumexp() -> None:
    """Returns the log-sum-exp of the task's example."""
    assert_close(logsumexp(torch.tensor(EXAMPLE)), torch.tensor([1003.1699]), atol=2e-4, rtol=0)


@pytest.mark.parametrize("dim", [0, 1, 2, -1, -2])
def test_softmax_along_each_dim(dim: int) -> None:
    """Matches loops along each dimension of (2, 3, 4)."""
    x = numbers(2, 3, 4)
    assert_close(softmax(x, dim), (x.double().exp() / sums_by_loops(x, dim)).float())


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_log_softmax_along_each_dim(dim: int) -> None:
    """Computes the log-softmax along each dimension of (2, 3, 4)."""
    x = numbers(2, 3, 4)
    assert_close(log_softmax(x, dim=dim), (x.double() - sums_by_loops(x, dim).log()).float())


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_logsumexp_along_each_dim(dim: int) -> None:
    """Removes the dimension it sums over, any of (2, 3, 4), in logsumexp."""
    x = numbers(2, 3, 4)
    assert_close(logsumexp(x, dim), sums_by_loops(x, dim).log().squeeze(dim).float())


@pytest.mark.parametrize("dim", [0, -1])
def test_logsumexp_keeps_the_dim(dim: int) -> None:
    """Keeps the summed dimension with size 1 if keepdim is True."""
    x = numbers(2, 3, 4)
    assert_close(logsumexp(x, dim, keepdim=True), sums_by_loops(x, dim).log().float())


def test_square() -> None:
    """Sums over the right dimension, even if two have the same size."""
    x = numbers(3, 3)
    assert_close(softmax(x, 0), (x.double().exp() / sums_by_loops(x, 0)).float())
    assert_close(softmax(x), (x.double().exp() / sums_by_loops(x, 1)).float())


def test_one_dimension() -> None:
    """Handles a plain vector, for which logsumexp returns one number."""
    x = numbers(4)
    assert_close(softmax(x), (x.double().exp() / sums_by_loops(x, 0)).float())
    assert_close(logsumexp(x), sums_by_loops(x, 0).log().squeeze(0).float())


def test_batch_of_one() -> None:
    """Removes only the dimension it summed, not a batch of 1."""
    assert_close(logsumexp(torch.zeros(1, 2, 1), dim=1), torch.full((1, 1), math.log(2)))
    assert_close(logsumexp(torch.zeros(1, 1, 2, 1)[..., None], dim=2), torch.full((1, 1, 1, 1), math.log(2)))


def test_slice_of_one() -> None:
    """Returns 1, 0 and the number itself along a dimension of size 1."""
    x = torch.tensor([[3.0], [-1e4]])
    assert_close(softmax(x), torch.ones(2, 1))
    assert_close(log_softmax(x), torch.zeros(2, 1))
    assert_close(logsumexp(x), torch.tensor([3.0, -1e4]))


@pytest.mark.edge
def test_batch_of_none() -> None:
    """Handles a batch of 0."""
    assert_close(softmax(torch.zeros(0, 3)), torch.zeros(0, 3))
    assert_close(log_softmax(torch.zeros(0, 3)), torch.zeros(0, 3))
    assert_close(logsumexp(torch.zeros(0, 3)), torch.zeros(0))


DTYPES = [torch.float16, torch.bfloat16, torch.float64]


EACH_DTYPE = [torch.float32, *(pytest.param(each, marks=pytest.mark.edge) for each in DTYPES)]


@pytest.mark.parametrize("dtype", EACH_DTYPE)
def test_large_softmax(dtype: torch.dtype) -> None:
    """Stays finite if one row is at 1e4 and the next at -1e4."""
    x = torch.tensor([[1e4, 1e4, -1e4], [-1e4, -1e4, -1e4]], dtype=dtype)
    assert_close(softmax(x), torch.tensor([[0.5, 0.5, 0.0], [1 / 3, 1 / 3, 1 / 3]], dtype=dtype))


@pytest.mark.parametrize("dtype", EACH_DTYPE)
def test_large_log_softmax(dtype: torch.dtype) -> None:
    """Returns -2e4, not -inf, where the softmax is too small for its dtype."""
    x = torch.tensor([[1e4, -1e4], [-1e4, 1e4]], dtype=dtype)
    assert_close(log_softmax(x), torch.stack([x[0] - 1e4, x[1] - 1e4]))


def test_large_and_small_slices_of_three_dimensions() -> None:
    """Shifts each slice by its own maximum, also in three dimensions."""
    x = torch.tensor([[[1e4, 1e4]], [[-1e4, -1e4]]])
    assert_close(softmax(x), torch.full((2, 1, 2), 0.5))
    assert_close(softmax(x.transpose(0, 2), dim=0), torch.full((2, 1, 2), 0.5))
    assert_close(logsumexp(x), torch.tensor([[1e4 + math.log(2)], [-1e4 + math.log(2)]]))


def test_large_logsumexp() -> None:
    """Returns 1e4 or -1e4 if one number dominates or all are small."""
    x = torch.tensor([[1e4, -1e4], [-1e4, -1.1e4]])
    assert_close(logsumexp(x), torch.tensor([1e4, -1e4]))


@pytest.mark.edge
def test_digits_of_log_softmax() -> None:
    """Keeps the digits of a small log-softmax of large numbers."""
    x = torch.tensor([[1e4, 1e4], [-1e4, -1e4]])
    assert_close(log_softmax(x), torch.full((2, 2), -math.log(2)), atol=1e-6, rtol=0)


def test_small_softmax() -> None:
    """Keeps a probability of 2e-35, which float32 can represent."""
    assert_close(softmax(torch.tensor([0.0, -80.0])), torch.tensor([1.0, math.exp(-80)]), atol=0, rtol=1e-4)


def test_small_log_softmax() -> None:
    """Returns -200 for an entry whose probability is 0 in float32."""
    assert_close(log_softmax(torch.tensor([0.0, -200.0])), torch.tensor([0.0, -200.0]))


def test_masked_entries() -> None:
    """Gives an entry of -inf a softmax of 0 and a log-softmax of -inf."""
    x = torch.tensor([[-INF, 0.0, 0.0], [-INF, -INF, -1e4]])
    assert_close(softmax(x), torch.tensor([[0.0, 0.5, 0.5], [0.0, 0.0, 1.0]]))
    assert_close(log_softmax(x), torch.tensor([[-INF, -math.log(2), -math.log(2)], [-INF, -INF, 0.0]]))
    assert_close(logsumexp(x), torch.tensor([math.log(2), -1e4]))


@pytest.mark.edge
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float16, 4e-3), (torch.bfloat16, 3e-2), (torch.float64, 1e-12)]
)
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Returns the dtype of x, at full precision."""
    x = numbers(2, 5, dtype=dtype)
    total = sums_by_loops(x, 1)
    assert_close(softmax(x), (x.double().exp() / total).to(dtype), atol=tolerance, rtol=tolerance)
    assert_close(log_softmax(x), (x.double() - total.log()).to(dtype), atol=tolerance, rtol=tolerance)
    assert_close(logsumexp(x), total.log().squeeze(1).to(dtype), atol=tolerance, rtol=tolerance)


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Handles a transposed tensor."""
    x = numbers(4, 3).T
    assert_close(softmax(x, 1), (x.double().exp() / sums_by_loops(x, 1)).float())


def test_gradient_of_softmax() -> None:
    """Has the gradient of the plain quotient, 0 at a masked entry."""
    x = numbers(2, 3, dtype=torch.float64)
    x[0, 1] = -INF
    x.requires_grad_()
    got = torch.autograd.grad(softmax(x, 0).square().sum(), x)
    assert_close(got, torch.autograd.grad((x.exp() / x.exp().sum(0)).square().sum(), x))


def test_gradient_of_log_softmax() -> None:
    """Has the gradient of the log of the plain quotient."""
    x = numbers(2, 3, dtype=torch.float64).requires_grad_()
    got = torch.autograd.grad(log_softmax(x, 1).square().sum(), x)
    assert_close(got, torch.autograd.grad((x.exp() / x.exp().sum(1, keepdim=True)).log().square().sum(), x))


def test_gradient_of_logsumexp() -> None:
    """Has the softmax as its gradient, even with equal numbers."""
    x = torch.tensor([[2.0, 2.0], [1e4, 0.0]], requires_grad=True)
    got = torch.autograd.grad(logsumexp(x).sum(), x)
    assert_close(got, (torch.tensor([[0.5, 0.5], [1.0, 0.0]]),))


@pytest.mark.edge
@pytest.mark.parametrize("function", [softmax, log_softmax, logsumexp])
def test_inputs_unchanged(function) -> None:  # noqa: ANN001, any of the three
    """Doesn't modify x."""
    x = numbers(2, 3)
    before = x.clone()
    function(x, 1)
    assert_close(x, before, rtol=0, atol=0)
