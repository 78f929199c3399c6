"""Cross-entropy, compared with sums of math.exp and math.log, one position at a time."""

import math

import pytest
import torch
from answer import cross_entropy
from torch import Tensor
from torch.testing import assert_close


def by_loops(logits: Tensor, target: Tensor, ignore_index: int = -100, label_smoothing: float = 0.0) -> Tensor:
    """Slow and obvious, in float64."""
    losses = []
    for row, label in zip(logits.reshape(-1, logits.shape[-1]).tolist(), target.reshape(-1).tolist(), strict=True):
        if label == ignore_index:
            continue
        log_total = math.log(sum(math.exp(logit) for logit in row))
        wanted = [(1 - label_smoothing) * (c == label) + label_smoothing / len(row) for c in range(len(row))]
        losses.append(-sum(w * (logit - log_total) for w, logit in zip(wanted, row, strict=True)))
    return torch.tensor(sum(losses) / len(losses), dtype=torch.float64)


def numbers(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    draw = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return (2 * draw).to(dtype)


LOGITS = [[2.0, 1.0, 0.0], [0.0, 3.0, 0.0], [5.0, 5.0, 5.0]]


def rows() -> Tensor:
    """Targets (2, 4) whose rows keep 3 and 1, new each time: an answer that changes them affects no other check."""
    return torch.tensor([[0, 3, -100, 1], [-100, -100, -100, 2]])


def test_example() -> None:
    """Returns the first number in the task."""
    got = cross_entropy(torch.tensor(LOGITS), torch.tensor([0, 1, -100]))
    assert_close(got, torch.tensor(0.2513), atol=1e-4, rtol=0)


def test_example_with_smoothing() -> None:
    """Returns the second number in the task, with label smoothing."""
    got = cross_entropy(torch.tensor(LOGITS), torch.tensor([0, 1, -100]), label_smoothing=0.3)
    assert_close(got, torch.tensor(0.7013), atol=1e-4, rtol=0)


def test_random() -> None:
    """Matches loops over (N, C)."""
    logits, target = numbers(5, 3), torch.tensor([2, 0, 1, 1, 0])
    assert_close(cross_entropy(logits, target.clone()), by_loops(logits, target).float())


def test_square() -> None:
    """Takes the classes from the last dimension, even if N = C."""
    logits, target = numbers(3, 3), torch.tensor([2, 0, 2])
    assert_close(cross_entropy(logits, target.clone()), by_loops(logits, target).float())


def test_sequences() -> None:
    """Averages over all kept positions of (B, T, C), not row by row."""
    logits = numbers(2, 4, 5)
    assert_close(cross_entropy(logits, rows()), by_loops(logits, rows()).float())


def test_sequences_as_long_as_classes() -> None:
    """Takes the classes from the last dimension, even if T = C."""
    logits = numbers(2, 4, 4)
    assert_close(cross_entropy(logits, rows()), by_loops(logits, rows()).float())


def test_one_position() -> None:
    """Handles a batch of 1, and a position without a batch."""
    logits = numbers(1, 4)
    expected = by_loops(logits, torch.tensor([3])).float()
    assert_close(cross_entropy(logits, torch.tensor([3])), expected)
    assert_close(cross_entropy(logits[0], torch.tensor(3)), expected)


def test_one_class() -> None:
    """Is 0 if there is only one class."""
    assert_close(cross_entropy(numbers(3, 1), torch.tensor([0, -100, 0])), torch.tensor(0.0))


def test_equal_logits() -> None:
    """Returns log(C) if all logits are equal, as for an untrained model."""
    assert_close(cross_entropy(torch.full((3, 7), 4.0), torch.tensor([0, 3, 6])), torch.tensor(math.log(7)))


@pytest.mark.parametrize("smoothing", [0.1, 1.0])
def test_smoothing(smoothing: float) -> None:
    """Smooths over all C classes, at kept positions only."""
    logits = numbers(2, 4, 5)
    got = cross_entropy(logits, rows(), label_smoothing=smoothing)
    assert_close(got, by_loops(logits, rows(), label_smoothing=smoothing).float())


def test_smoothing_of_many_classes() -> None:
    """Charges a confident right answer for the 99 other classes, with smoothing."""
    logits, target = 20 * torch.eye(100)[:1], torch.tensor([0])
    assert_close(cross_entropy(logits, target, label_smoothing=0.1), by_loops(logits, target, -100, 0.1).float())


def test_smoothing_of_one() -> None:
    """Averages over all classes with a smoothing of 1."""
    logits = torch.tensor([[30.0, 0.0, 0.0]])
    assert_close(cross_entropy(logits, torch.tensor([0]), label_smoothing=1.0), torch.tensor(20.0))


@pytest.mark.parametrize("ignored", [0, 2, -1, 255])
def test_ignores_any_number(ignored: int) -> None:
    """Ignores the index it is given, even if it is a class."""
    logits, target = numbers(4, 3), torch.tensor([ignored, 1, 1, ignored])
    got = cross_entropy(logits, target.clone(), ignore_index=ignored)
    assert_close(got, by_loops(logits, target, ignored).float())


def test_ignores_a_class_with_smoothing() -> None:
    """Still smooths over all classes if one of them is the ignored index."""
    logits, target = numbers(4, 3), torch.tensor([0, 1, 2, 0])
    got = cross_entropy(logits, target.clone(), ignore_index=0, label_smoothing=0.2)
    assert_close(got, by_loops(logits, target, 0, 0.2).float())


def test_class_zero_counts() -> None:
    """Keeps class 0 if a different index is ignored."""
    logits, target = numbers(4, 3), torch.tensor([0, 1, 2, 0])
    assert_close(cross_entropy(logits, target.clone(), ignore_index=2), by_loops(logits, target, 2).float())


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_nothing_kept(smoothing: float) -> None:
    """Returns 0 if every position is ignored."""
    got = cross_entropy(numbers(2, 3), torch.tensor([-100, -100]), label_smoothing=smoothing)
    assert_close(got, torch.tensor(0.0))


def test_gradient_of_nothing() -> None:
    """Has a gradient of 0 if every position is ignored."""
    logits = numbers(2, 3).requires_grad_()
    got = torch.autograd.grad(cross_entropy(logits, torch.tensor([-100, -100])), logits)
    assert_close(got, (torch.zeros(2, 3),))


@pytest.mark.parametrize("dtype", [torch.float32, pytest.param(torch.bfloat16, marks=pytest.mark.edge)])
def test_large_logits(dtype: torch.dtype) -> None:
    """Returns 2e4, not inf, for a confident mistake at 1e4, and 0 if right."""
    logits = torch.tensor([[1e4, -1e4], [-1e4, 1e4]], dtype=dtype)
    assert_close(cross_entropy(logits, torch.tensor([1, 1])), torch.tensor(1e4, dtype=dtype))
    assert_close(cross_entropy(logits, torch.tensor([0, 1])), torch.tensor(0.0, dtype=dtype))


@pytest.mark.edge
def test_mean_of_large_losses_in_half() -> None:
    """Returns 2e4, not inf, for eight losses of 2e4 in float16."""
    logits = torch.tensor([[1e4, -1e4]] * 8, dtype=torch.float16)
    assert_close(cross_entropy(logits, torch.ones(8, dtype=torch.int64)), torch.tensor(2e4, dtype=torch.float16))


@pytest.mark.edge
def test_huge_unequal_logits() -> None:
    """Keeps the difference between logits beyond 1e4."""
    assert_close(cross_entropy(torch.tensor([[2e4, 3e4], [-3e4, -2e4]]), torch.tensor([0, 0])), torch.tensor(1e4))


def test_small_probability() -> None:
    """Returns 200 where the probability is too small for float32."""
    assert_close(cross_entropy(torch.tensor([[0.0, -200.0]]), torch.tensor([1])), torch.tensor(200.0))


def test_large_logits_of_an_ignored_position() -> None:
    """Isn't affected by large logits at ignored positions."""
    logits = torch.tensor([[1e4, -1e4], [1.0, 1.0]])
    assert_close(cross_entropy(logits, torch.tensor([-100, 0])), torch.tensor(math.log(2)))


@pytest.mark.edge
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float16, 4e-3), (torch.bfloat16, 4e-2), (torch.float64, 1e-12)]
)
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Returns the dtype of the logits, at full precision."""
    logits = numbers(2, 4, 5, dtype=dtype)
    got = cross_entropy(logits, rows(), label_smoothing=0.1)
    expected = by_loops(logits, rows(), label_smoothing=0.1).to(dtype)
    assert_close(got, expected, atol=tolerance, rtol=tolerance)


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Handles transposed logits and targets."""
    logits, target = numbers(4, 2, 5).transpose(0, 1), rows().T.contiguous().T
    assert_close(cross_entropy(logits, target.clone()), by_loops(logits, target).float())


def test_gradient() -> None:
    """Has the gradient (p - y) / K, and 0 where the target is ignored."""
    logits, target = numbers(3, 4, dtype=torch.float64).requires_grad_(), torch.tensor([2, -100, 0])
    got = torch.autograd.grad(cross_entropy(logits, target.clone(), label_smoothing=0.2), logits)
    p = logits.detach().exp() / logits.detach().exp().sum(1, keepdim=True)
    wanted = torch.tensor([[0.05, 0.05, 0.85, 0.05], [0.0] * 4, [0.85, 0.05, 0.05, 0.05]], dtype=torch.float64)
    assert_close(got, ((p * torch.tensor([[1.0], [0.0], [1.0]]) - wanted) / 2,))


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Doesn't modify logits or targets."""
    logits, target = numbers(2, 4, 5), rows()
    before = logits.clone()
    cross_entropy(logits, target, label_smoothing=0.1)
    assert_close(logits, before, rtol=0, atol=0)
    assert_close(target, rows())
