"""DPO, compared with sums of math.exp and math.log, one token and one pair at a time."""

import math

import pytest
import torch
from answer import dpo_loss, sequence_log_probs
from torch import Tensor
from torch.testing import assert_close

LN2 = math.log(2)


def sums_by_loops(logits: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
    """Slow and obvious: token by token, in float64."""
    sums = []
    for row, ids, counts in zip(logits.tolist(), tokens.tolist(), mask.tolist(), strict=True):
        positions = [t for t in range(1, len(ids)) if counts[t]]
        sums.append(sum(row[t - 1][ids[t]] - math.log(sum(map(math.exp, row[t - 1]))) for t in positions))
    return torch.tensor(sums, dtype=torch.float64)


def loss_by_loops(four: list[Tensor], beta: float) -> Tensor:
    """Slow and obvious: pair by pair, in float64."""
    losses = []
    for chosen, rejected, old_chosen, old_rejected in zip(*(each.tolist() for each in four), strict=True):
        margin = beta * ((chosen - old_chosen) - (rejected - old_rejected))
        losses.append(math.log(1 + math.exp(-margin)))
    return torch.tensor(sum(losses) / len(losses), dtype=torch.float64)


def numbers(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    draw = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return (2 * draw).to(dtype)


def four(pairs: int = 3, dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """Log-probabilities (pairs,) of chosen and rejected, under policy and reference."""
    return list(5 * numbers(4, pairs, dtype=dtype) - 20)


def answers() -> tuple[Tensor, Tensor]:
    """Tokens and mask (2, 5), new each time: an answer that changes them must not affect the next check."""
    tokens = torch.tensor([[2, 0, 1, 2, 0], [1, 1, 2, 0, 2]])
    mask = torch.tensor([[False, False, True, True, True], [False, True, True, False, False]])
    return tokens, mask


LOGITS = [[[0.0, 0.0], [0.0, 2.0], [9.0, 0.0]]]


def test_example_sum() -> None:
    """Returns the first number in the task."""
    got = sequence_log_probs(torch.tensor(LOGITS), torch.tensor([[0, 1, 1]]), torch.tensor([[False, True, True]]))
    assert_close(got, torch.tensor([-0.8201]), atol=1e-4, rtol=0)


def test_example_masked() -> None:
    """Returns the second number in the task, for a shorter answer."""
    got = sequence_log_probs(torch.tensor(LOGITS), torch.tensor([[0, 1, 1]]), torch.tensor([[False, False, True]]))
    assert_close(got, torch.tensor([-0.1269]), atol=1e-4, rtol=0)


def test_example_loss() -> None:
    """Returns the third number in the task."""
    got = dpo_loss(torch.tensor([-2.0]), torch.tensor([-6.0]), torch.tensor([-3.0]), torch.tensor([-4.0]))
    assert_close(got, torch.tensor(0.5544), atol=1e-4, rtol=0)


def test_sums() -> None:
    """Sums over the tokens that count, as loops do."""
    logits = numbers(2, 5, 3)
    assert_close(sequence_log_probs(logits, *answers()), sums_by_loops(logits, *answers()).float())


def test_as_long_as_the_vocabulary() -> None:
    """Takes the softmax over the vocabulary, even if T = V."""
    logits = numbers(2, 5, 5)
    assert_close(sequence_log_probs(logits, *answers()), sums_by_loops(logits, *answers()).float())


def test_last_token() -> None:
    """Shifts the mask with the tokens: the last token counts."""
    logits, tokens = numbers(1, 5, 3), torch.tensor([[2, 0, 1, 2, 0]])
    mask = torch.tensor([[False, False, False, False, True]])
    assert_close(sequence_log_probs(logits, tokens, mask), sums_by_loops(logits, tokens, mask).float())


def test_everything_counts() -> None:
    """Leaves out the first token, even if its mask is True."""
    logits, (tokens, _), mask = numbers(2, 5, 3), answers(), torch.ones(2, 5, dtype=torch.bool)
    assert_close(sequence_log_probs(logits, tokens, mask), sums_by_loops(logits, tokens, mask).float())


def test_untrained_model() -> None:
    """Returns -log(V) for each of T - 1 tokens if all logits are equal."""
    got = sequence_log_probs(torch.ones(2, 5, 3), answers()[0], torch.ones(2, 5, dtype=torch.bool))
    assert_close(got, torch.full((2,), -4 * math.log(3)))


def test_nothing_counts() -> None:
    """Returns 0 for a sequence without an answer, next to one that has an answer."""
    logits, (tokens, mask) = numbers(2, 5, 3), answers()
    mask[0] = False
    assert_close(sequence_log_probs(logits, tokens, mask), sums_by_loops(logits, tokens, mask).float())


@pytest.mark.edge
def test_one_token() -> None:
    """Returns 0 for a sequence of one token, which nothing predicts."""
    got = sequence_log_probs(numbers(2, 1, 3), torch.tensor([[2], [0]]), torch.ones(2, 1, dtype=torch.bool))
    assert_close(got, torch.zeros(2))


def test_no_token() -> None:
    """Accepts -100 where the mask is False."""
    logits, (tokens, mask) = numbers(2, 5, 3), answers()
    hidden = tokens.masked_fill(~mask, -100)
    assert_close(sequence_log_probs(logits, hidden, mask), sums_by_loops(logits, *answers()).float())


@pytest.mark.edge
def test_id_above_the_vocabulary() -> None:
    """Accepts ids beyond the vocabulary where the mask is False."""
    logits, (tokens, mask) = numbers(2, 5, 3), answers()
    hidden = tokens.masked_fill(~mask, 50_256)
    assert_close(sequence_log_probs(logits, hidden, mask), sums_by_loops(logits, *answers()).float())


@pytest.mark.edge
def test_impossible_token_that_is_masked() -> None:
    """Leaves out a masked token whose logit is -inf, without NaN."""
    logits = torch.tensor([[[-math.inf, 1.0, 3.0]] * 3])
    got = sequence_log_probs(logits, torch.tensor([[0, 0, 2]]), torch.tensor([[False, False, True]]))
    assert_close(got, torch.tensor([-math.log(1 + math.exp(-2))]))


def test_large_logits() -> None:
    """Returns -2e4, not -inf, for a token that the model considers impossible."""
    logits = torch.tensor([[[1e4, -1e4], [1e4, -1e4]], [[-1e4, 1e4], [1e4, -1e4]]])
    got = sequence_log_probs(logits, torch.tensor([[0, 1], [0, 1]]), torch.tensor([[False, True], [False, True]]))
    assert_close(got, torch.tensor([-2e4, 0.0]))


@pytest.mark.parametrize("beta", [0.05, 1.0])
def test_loss(beta: float) -> None:
    """Matches loops over pairs."""
    assert_close(dpo_loss(*four(), beta=beta), loss_by_loops(four(), beta).float())


def test_default_beta() -> None:
    """Uses a beta of 0.1 unless told otherwise."""
    assert_close(dpo_loss(*four()), loss_by_loops(four(), 0.1).float())


def test_one_pair() -> None:
    """Handles a single pair."""
    assert_close(dpo_loss(*four(1)), loss_by_loops(four(1), 0.1).float())


def test_start_of_training() -> None:
    """Is log 2 if policy and reference agree."""
    chosen, rejected = four()[:2]
    assert_close(dpo_loss(chosen, rejected, chosen, rejected), torch.tensor(LN2))


def test_direction() -> None:
    """Is small if the policy prefers chosen answers more than the reference."""
    zero = torch.zeros(2)
    assert_close(dpo_loss(zero + 100, zero - 100, zero, zero), torch.tensor(0.0))


def test_reference_counts() -> None:
    """Is large if the reference prefers chosen answers more than the policy."""
    zero = torch.zeros(2)
    assert_close(dpo_loss(zero, zero, zero + 500, zero - 500), torch.tensor(100.0))


@pytest.mark.parametrize(("beta", "expected"), [(0.1, 2000.0), (1.0, 20000.0)])
def test_large_margin(beta: float, expected: float) -> None:
    """Grows as the margin falls, to 2e4 and not to inf; is 0 if it's large."""
    low, high = torch.tensor([-2e4]), torch.tensor([-1e4])
    assert_close(dpo_loss(low, high, high, low, beta), torch.tensor(expected))
    assert_close(dpo_loss(high, low, low, high, beta), torch.tensor(0.0))


def test_mean_of_unequal_pairs() -> None:
    """Averages the losses of the pairs instead of taking the loss of their mean."""
    zero, chosen = torch.zeros(2), torch.tensor([-1e3, 1e3])
    assert_close(dpo_loss(chosen, zero, zero, zero, beta=1.0), torch.tensor(500.0))


@pytest.mark.edge
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float16, 1e-2), (torch.bfloat16, 8e-2), (torch.float64, 1e-12)]
)
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Returns the inputs' dtype at full precision, in both functions."""
    logits = numbers(2, 5, 3, dtype=dtype)
    expected = sums_by_loops(logits, *answers()).to(dtype)
    assert_close(sequence_log_probs(logits, *answers()), expected, atol=tolerance, rtol=tolerance)
    expected = loss_by_loops(four(dtype=dtype), 0.1).to(dtype)
    assert_close(dpo_loss(*four(dtype=dtype)), expected, atol=tolerance, rtol=tolerance)


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Handles transposed logits, tokens and mask."""
    logits, (tokens, mask) = numbers(5, 2, 3).transpose(0, 1), (each.T.contiguous().T for each in answers())
    assert_close(sequence_log_probs(logits, tokens, mask), sums_by_loops(logits, *answers()).float())


def test_gradient_of_sums() -> None:
    """Has the gradient one-hot minus softmax before each token that counts."""
    logits = numbers(2, 5, 3, dtype=torch.float64).requires_grad_()
    got = torch.autograd.grad(sequence_log_probs(logits, *answers()).sum(), logits)
    tokens, mask = answers()
    expected = torch.zeros(2, 5, 3, dtype=torch.float64)
    for b, t in mask.nonzero().tolist():
        row = logits.detach()[b, t - 1].exp()
        expected[b, t - 1] = torch.eye(3, dtype=torch.float64)[tokens[b, t]] - row / row.sum()
    assert_close(got, (expected,))


def test_gradient_of_loss() -> None:
    """Pulls chosen up and rejected down, by beta * sigmoid(-margin) / B."""
    chosen, rejected = torch.tensor([1.0, 0.0], requires_grad=True), torch.tensor([0.0, -2.0], requires_grad=True)
    got = torch.autograd.grad(dpo_loss(chosen, rejected, torch.zeros(2), torch.zeros(2), beta=0.5), (chosen, rejected))
    pull = torch.tensor([0.5 / (1 + math.exp(0.5)) / 2, 0.5 / (1 + math.exp(1.0)) / 2])
    assert_close(got, (-pull, pull))


@pytest.mark.parametrize("which", ["reference_chosen", "reference_rejected"])
def test_reference_is_constant(which: str) -> None:
    """Passes no gradient to the reference."""
    names = ["policy_chosen", "policy_rejected", "reference_chosen", "reference_rejected"]
    inputs = {name: each.clone().requires_grad_() for name, each in zip(names, four(), strict=True)}
    loss = dpo_loss(**inputs)
    got = torch.autograd.grad(loss, inputs[which], allow_unused=True, materialize_grads=True)
    assert_close(got, (torch.zeros(3),))


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Doesn't modify logits, tokens, mask or log-probabilities."""
    inputs = [numbers(2, 5, 3), *answers(), *four()]
    before = [each.clone() for each in inputs]
    sequence_log_probs(*inputs[:3])
    dpo_loss(*inputs[3:])
    assert_close(inputs, before, rtol=0, atol=0)
