"""Masks against their definition, a masked softmax against a loop over rows."""

import math

import pytest
import torch
from answer import build_mask, masked_softmax
from torch import Tensor
from torch.testing import assert_close


def mask_by_loops(real: list[list[bool]]) -> Tensor:
    """Slow and obvious: (B, T) -> (B, 1, T, T)."""
    size = range(len(real[0]))
    return torch.tensor([[[[j <= i and row[j] for j in size] for i in size]] for row in real])


def softmax_by_loops(scores: Tensor, mask: Tensor) -> Tensor:
    """Slow and obvious, row by row in float64."""
    rows = []
    for row, seen in zip(
        scores.double().flatten(0, -2).tolist(), mask.expand_as(scores).flatten(0, -2).tolist(), strict=True
    ):
        top = max((x for x, may in zip(row, seen, strict=True) if may), default=0.0)
        parts = [math.exp(x - top) if may else 0.0 for x, may in zip(row, seen, strict=True)]
        rows.append([part / (sum(parts) or 1.0) for part in parts])
    return torch.tensor(rows, dtype=torch.float64).view(scores.shape).to(scores.dtype)


def random_scores(dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    """Scores (2, 3, 2, 4), a mask (2, 1, 2, 4) of which one row is all False."""
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 2, 4, dtype=torch.float64).to(dtype)
    mask = torch.tensor([[[1, 0, 0, 0], [1, 1, 0, 1]], [[0, 0, 0, 0], [0, 1, 1, 0]]], dtype=torch.bool)
    return scores, mask[:, None]


def test_mask_example() -> None:
    """Matches the mask in the task."""
    expected = torch.tensor([[[[False, False, False], [False, True, False], [False, True, True]]]])
    assert_close(build_mask(torch.tensor([[False, True, True]])), expected)


def test_softmax_example() -> None:
    """Matches the weights in the task."""
    got = masked_softmax(torch.zeros(1, 1, 1, 3), torch.tensor([True, True, False]))
    assert_close(got, torch.tensor([[[[0.5, 0.5, 0.0]]]]))


def test_full_row_example() -> None:
    """Gives zeros when every key is masked, as in the task."""
    got = masked_softmax(torch.zeros(1, 1, 1, 3), torch.tensor([False, False, False]))
    assert_close(got, torch.zeros(1, 1, 1, 3))


def test_causal() -> None:
    """Lets a token see itself and what came before when there is no padding."""
    assert_close(build_mask(torch.ones(1, 4, dtype=torch.bool)), mask_by_loops([[True] * 4]))


@pytest.mark.parametrize("side", ["right", "left", "both"])
def test_padding(side: str) -> None:
    """Hides padding on the right, on the left and in a mixed batch."""
    rows = {"right": [True, True, False, False], "left": [False, False, False, True]}
    real = [rows[side]] if side in rows else [*rows.values(), [True] * 4]
    assert_close(build_mask(torch.tensor(real)), mask_by_loops(real))


def test_batch_as_large_as_length() -> None:
    """Uses each sequence's own padding, even when B = T."""
    real = [[True, False, False], [True, True, False], [False, True, True]]
    assert_close(build_mask(torch.tensor(real)), mask_by_loops(real))


def test_long_sequence() -> None:
    """Handles sequences much longer than the example's."""
    real = [[False] * 30 + [True] * 50, [True] * 70 + [False] * 10]
    assert_close(build_mask(torch.tensor(real)), mask_by_loops(real))


def test_length_one() -> None:
    """Handles sequences of one token."""
    assert_close(build_mask(torch.tensor([[True], [False]])), torch.tensor([[[[True]]], [[[False]]]]))


def test_all_padding() -> None:
    """Hides everything in a sequence that is all padding."""
    assert_close(build_mask(torch.zeros(1, 3, dtype=torch.bool)), torch.zeros(1, 1, 3, 3, dtype=torch.bool))


def test_softmax() -> None:
    """Agrees with loops, with one mask for all heads."""
    scores, mask = random_scores()
    assert_close(masked_softmax(scores, mask), softmax_by_loops(scores, mask))


def test_softmax_over_keys() -> None:
    """Takes the softmax over the last dimension even when T = S."""
    torch.manual_seed(1)
    scores, mask = torch.randn(1, 2, 3, 3), torch.ones(3, 3, dtype=torch.bool).tril()
    assert_close(masked_softmax(scores, mask), softmax_by_loops(scores, mask))


def test_together() -> None:
    """Gives no NaN for a left-padded batch with both functions together."""
    torch.manual_seed(2)
    real, scores = [[False, False, True], [False, True, True]], torch.randn(2, 2, 3, 3)
    assert_close(masked_softmax(scores, build_mask(torch.tensor(real))), softmax_by_loops(scores, mask_by_loops(real)))


@pytest.mark.edge
def test_large_scores() -> None:
    """Stays exact for scores of 1e4, masked or not."""
    scores = torch.tensor([[[[1e4, -1e4, -1e4, 0.0], [-1e4, -1e4, 1e4, 1e4]]]])
    mask = torch.tensor([[False, True, True, False], [True, True, False, False]])
    assert_close(masked_softmax(scores, mask), torch.tensor([[[[0.0, 0.5, 0.5, 0.0], [0.5, 0.5, 0.0, 0.0]]]]))


@pytest.mark.edge
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float16, 2e-3), (torch.bfloat16, 2e-2), (torch.float64, 1e-5)])
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Keeps the dtype of the scores."""
    scores, mask = random_scores(dtype)
    assert_close(masked_softmax(scores, mask), softmax_by_loops(scores, mask), atol=tolerance, rtol=0)


def test_gradients() -> None:
    """Sends no NaN back: fully masked rows get a gradient of zero."""
    scores, mask = random_scores(torch.float64)
    weights = softmax_by_loops(scores, mask)
    up = torch.arange(4, dtype=torch.float64)
    expected = weights * (up - (weights * up).sum(-1, keepdim=True))  # the softmax's Jacobian, written out
    (got,) = torch.autograd.grad((masked_softmax(scores.requires_grad_(), mask) * up).sum(), scores)
    assert_close(got, expected)


@pytest.mark.edge
def test_device() -> None:
    """Creates new tensors on the inputs' device."""
    mask = build_mask(torch.ones(2, 3, dtype=torch.bool, device="meta"))
    weights = masked_softmax(torch.zeros(2, 4, 3, 3, device="meta"), mask)
    assert (mask.device.type, weights.device.type, weights.shape) == ("meta", "meta", (2, 4, 3, 3))


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Accepts scores that come from a transpose."""
    scores, mask = random_scores()
    got = masked_softmax(scores.transpose(1, 2).contiguous().transpose(1, 2), mask)
    assert_close(got, softmax_by_loops(scores, mask))


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Leaves scores and masks unchanged."""
    scores, mask = random_scores()
    real = torch.tensor([[True, False]])
    before = [scores.clone(), mask.clone(), real.clone()]
    masked_softmax(scores, mask)
    build_mask(real)
    assert_close([scores, mask, real], before, rtol=0, atol=0)
