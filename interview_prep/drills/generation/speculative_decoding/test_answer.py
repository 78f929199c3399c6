"""Speculative decoding against plain Python, and its distribution against the target's."""

from itertools import product

import numpy as np
import pytest
import torch
from answer import verify
from numpy.testing import assert_allclose
from torch import Tensor
from torch.testing import assert_close

DRAFT = torch.tensor([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]])
TARGET = torch.tensor([[0.4, 0.4, 0.2], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
BELOW_ONE = 1 - 2.0**-24  # the largest float32 below 1


def by_hand(tokens: Tensor, draft: Tensor, target: Tensor, uniform: Tensor) -> list[int]:
    """Slow and obvious: Python numbers only."""
    numbers, kept = uniform.tolist(), []
    weights = target.tolist()[-1]
    for token, q, p, number in zip(tokens.tolist(), draft.tolist(), target.tolist(), numbers, strict=False):
        if number * q[token] >= p[token]:
            weights = [max(b - a, 0) for a, b in zip(q, p, strict=True)]
            break
        kept.append(token)
    passed = 0.0
    for token, weight in enumerate(weights):
        passed += weight / sum(weights)
        if passed > numbers[-1]:
            return [*kept, token]
    raise AssertionError


def random_inputs(seed: int, k: int, v: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Tokens, draft, target and numbers in float64, the draft near the target."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(k + 1, v, generator=generator, dtype=torch.float64)
    nearby = logits[:k] + torch.randn(k, v, generator=generator, dtype=torch.float64)
    draft = nearby.softmax(dim=-1)
    tokens = torch.multinomial(draft, 1, generator=generator).squeeze(1) if k else torch.zeros(0, dtype=torch.int64)
    return tokens, draft, logits.softmax(dim=-1), torch.rand(k + 1, generator=generator, dtype=torch.float64)


def rows(*values: list[float]) -> Tensor:
    return torch.tensor(values)


def test_example_bonus() -> None:
    """Matches the first result in the task: all accepted, plus the bonus."""
    assert verify(torch.tensor([0, 2]), DRAFT, TARGET, torch.tensor([0.7, 0.2, 0.9])) == [0, 2, 2]


def test_example_second_rejected() -> None:
    """Matches the second result in the task: one accepted, one drawn."""
    assert verify(torch.tensor([0, 2]), DRAFT, TARGET, torch.tensor([0.7, 0.5, 0.9])) == [0, 1]


def test_example_first_rejected() -> None:
    """Matches the third result in the task: the first one is replaced."""
    assert verify(torch.tensor([0, 2]), DRAFT, TARGET, torch.tensor([0.9, 0.2, 0.3])) == [1]


@pytest.mark.parametrize("seed", range(6))
def test_random(seed: int) -> None:
    """Agrees with a loop over Python numbers."""
    inputs = random_inputs(seed, k=4, v=5)
    assert verify(*inputs) == by_hand(*inputs)


@pytest.mark.parametrize(("k", "v"), [(1, 2), (3, 3), (6, 3), (2, 9)])
def test_sizes(k: int, v: int) -> None:
    """Agrees with the loop for other numbers of tokens and ids."""
    inputs = random_inputs(20, k, v)
    assert verify(*inputs) == by_hand(*inputs)


def test_first_token_is_distributed_as_the_target() -> None:
    """Gives the first token the target's distribution, over all numbers."""
    draft, target = rows([0.8, 0.1, 0.1]).double(), rows([0.4, 0.3, 0.3], [0.2, 0.3, 0.5]).double()
    shares, grid = np.zeros(3), (np.arange(4) + 0.5) / 4
    for token, *numbers in product(range(3), grid, grid):
        got = verify(torch.tensor([token]), draft, target, torch.tensor(numbers, dtype=torch.float64))
        shares[got[0]] += draft[0, token].item() / len(grid) ** 2
    assert_allclose(shares, [0.4, 0.3, 0.3])


def test_ratio_above_one() -> None:
    """Always accepts a token that the target likes more than the draft does."""
    got = verify(torch.tensor([1]), rows([0.9, 0.1]), rows([0.2, 0.8], [1.0, 0.0]), torch.tensor([BELOW_ONE, 0.5]))
    assert got == [1, 0]


def test_less_likely_can_be_accepted() -> None:
    """Accepts a token that the target likes less, if the number allows it."""
    got = verify(torch.tensor([0]), rows([0.8, 0.2]), rows([0.4, 0.6], [0.0, 1.0]), torch.tensor([0.45, 0.5]))
    assert got == [0, 1]


def test_same_distribution() -> None:
    """Accepts everything if draft and target agree."""
    rest = torch.tensor([[0.25, 0.75], [0.5, 0.5]])
    got = verify(torch.tensor([0, 1]), rest, torch.cat([rest, rows([0.0, 1.0])]), torch.tensor([0.99, 0.99, 0.0]))
    assert got == [0, 1, 1]


def test_residual() -> None:
    """Draws from what the target has beyond the draft, not from the target."""
    draft, target = rows([0.6, 0.2, 0.2]), rows([0.3, 0.4, 0.3], [1.0, 0.0, 0.0])
    assert verify(torch.tensor([0]), draft, target, torch.tensor([0.9, 0.2])) == [1]


def test_residual_is_scaled() -> None:
    """Scales the residual to sum to 1 before the draw."""
    draft, target = rows([0.6, 0.2, 0.2]), rows([0.5, 0.25, 0.25], [1.0, 0.0, 0.0])
    assert verify(torch.tensor([0]), draft, target, torch.tensor([0.9, 0.4])) == [1]


def test_only_what_the_target_lacks() -> None:
    """Gives no share of the residual to a token that the draft likes more."""
    draft, target = rows([0.5, 0.4, 0.1]), rows([0.2, 0.1, 0.7], [1.0, 0.0, 0.0])
    assert verify(torch.tensor([1]), draft, target, torch.tensor([0.9, 0.0])) == [2]


def test_nothing_after_a_rejection() -> None:
    """Keeps nothing after the first rejection, even if it would be accepted."""
    draft = rows([0.9, 0.1], [0.5, 0.5], [0.5, 0.5])
    target = rows([0.1, 0.9], [0.5, 0.5], [0.5, 0.5], [1.0, 0.0])
    assert verify(torch.tensor([0, 1, 1]), draft, target, torch.tensor([0.5, 0.1, 0.1, 0.5])) == [1]


def test_length_after_a_rejection() -> None:
    """Returns one more id than it has accepted."""
    draft = rows([0.5, 0.5], [0.9, 0.1], [0.5, 0.5])
    target = rows([0.5, 0.5], [0.1, 0.9], [0.5, 0.5], [0.5, 0.5])
    assert len(verify(torch.tensor([0, 0, 1]), draft, target, torch.tensor([0.5, 0.5, 0.5, 0.5]))) == 2


def test_a_number_for_each_position() -> None:
    """Compares each token with its own number."""
    draft, target = rows([0.8, 0.2], [0.8, 0.2]), rows([0.4, 0.6], [0.4, 0.6], [1.0, 0.0])
    assert verify(torch.tensor([0, 0]), draft, target, torch.tensor([0.1, 0.9, 0.3])) == [0, 1]


def test_bonus_from_the_last_row() -> None:
    """Draws the bonus from the target's last row, with the last number."""
    draft, target = rows([0.5, 0.5, 0.0]), rows([0.5, 0.5, 0.0], [0.3, 0.4, 0.3])
    assert verify(torch.tensor([0]), draft, target, torch.tensor([0.1, 0.6])) == [0, 1]


@pytest.mark.edge
@pytest.mark.parametrize(("number", "expected"), [(0.0, 1), (0.24, 1), (0.26, 3), (0.99, 3)])
def test_no_proposals(number: float, expected: int) -> None:
    """Samples from the target if K is 0."""
    none, target = torch.zeros(0, dtype=torch.int64), rows([0.0, 0.25, 0.0, 0.75])
    assert verify(none, torch.zeros(0, 4), target, torch.tensor([number])) == [expected]


@pytest.mark.edge
def test_impossible_token_is_rejected() -> None:
    """Rejects a token with target probability 0 even if the number is 0."""
    got = verify(torch.tensor([0]), rows([0.5, 0.5]), rows([0.0, 1.0], [1.0, 0.0]), torch.tensor([0.0, 0.0]))
    assert got == [1]


@pytest.mark.edge
def test_number_just_below_one() -> None:
    """Draws the last possible token if rounding leaves a sum below the number."""
    odds = torch.tensor([[49.0, 51.0, 35.0, 54.0, 5.0, 0.0]])
    none = torch.zeros(0, dtype=torch.int64)
    assert verify(none, torch.zeros(0, 6), odds / odds.sum(), torch.tensor([BELOW_ONE])) == [4]


def test_ids_are_ints() -> None:
    """Returns a list of plain ints."""
    got = verify(torch.tensor([0, 2]), DRAFT, TARGET, torch.tensor([0.7, 0.2, 0.9]))
    assert [type(token) for token in got] == [int, int, int]


def test_many_proposals() -> None:
    """Agrees with the loop for twenty tokens of a larger vocabulary."""
    inputs = random_inputs(7, k=20, v=50)
    assert verify(*inputs) == by_hand(*inputs)


def test_many_accepted() -> None:
    """Keeps all twenty tokens if draft and target agree."""
    tokens, draft, target, uniform = random_inputs(8, k=20, v=50)
    target[:-1] = draft
    assert verify(tokens, draft, target, uniform) == by_hand(tokens, draft, target, uniform)


@pytest.mark.edge
def test_number_equal_to_the_ratio() -> None:
    """Rejects a token if its number is exactly the ratio."""
    got = verify(torch.tensor([0]), rows([0.5, 0.5]), rows([0.25, 0.75], [1.0, 0.0]), torch.tensor([0.5, 0.5]))
    assert got == [1]


@pytest.mark.edge
@pytest.mark.parametrize(("number", "expected"), [(0.60001, [0, 0]), (0.60003, [1])])
def test_number_near_the_ratio(number: float, expected: list[int]) -> None:
    """Accepts just below the ratio of 0.60002 and rejects just above it."""
    target = rows([0.30001, 0.69999], [1.0, 0.0])
    assert verify(torch.tensor([0]), rows([0.5, 0.5]), target, torch.tensor([number, 0.5])) == expected


@pytest.mark.edge
def test_number_equal_to_a_cumulative_probability() -> None:
    """Draws the next id if the number is exactly the cumulative probability."""
    none, target = torch.zeros(0, dtype=torch.int64), rows([0.25, 0.75])
    assert verify(none, torch.zeros(0, 2), target, torch.tensor([0.25])) == [1]


@pytest.mark.edge
def test_rare_token() -> None:
    """Compares the ratio of two tiny probabilities with the number."""
    draft, target = rows([1.0, 1e-10]), rows([1.0, 9e-11], [1.0, 0.0])
    assert verify(torch.tensor([1]), draft, target, torch.tensor([0.6, 0.5])) == [1, 0]


@pytest.mark.edge
@pytest.mark.parametrize("number", [0.0, 0.3, BELOW_ONE])
def test_residual_of_zeros(number: float) -> None:
    """Draws a possible token if rounding leaves a residual of zeros."""
    below = 0.5 - 2.0**-24  # the target's row sums to a little less than 1, and no token has more than the draft gives
    draft, target = rows([0.5, 0.5, 0.0]), rows([0.5, below, 0.0], [0.0, 0.0, 1.0])
    got = verify(torch.tensor([1]), draft, target, torch.tensor([BELOW_ONE, number]))
    assert got in ([0], [1])


@pytest.mark.edge
def test_double_number_just_below_one() -> None:
    """Draws from a float32 row with a float64 number that float32 rounds to 1."""
    none, number = torch.zeros(0, dtype=torch.int64), torch.tensor([1 - 1e-12], dtype=torch.float64)
    assert verify(none, torch.zeros(0, 3), rows([0.5, 0.5, 0.0]), number) == [1]


@pytest.mark.edge
@pytest.mark.parametrize("numbers", [[0.7, 0.2, 0.9], [0.7, 0.5, 0.9], [0.9, 0.2, 0.3]])
def test_inputs_unchanged(numbers: list[float]) -> None:
    """Leaves all four tensors unchanged, whatever is accepted."""
    inputs = [torch.tensor([0, 2]), DRAFT.clone(), TARGET.clone(), torch.tensor(numbers)]
    before = [tensor.clone() for tensor in inputs]
    verify(*inputs)
    assert_close(inputs, before, rtol=0, atol=0)
