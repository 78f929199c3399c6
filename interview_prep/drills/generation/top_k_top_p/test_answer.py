"""Filtered logits against a loop over sorted tokens."""

import math

import pytest
import torch
from answer import filter_logits
from torch import Tensor
from torch.testing import assert_close

INF = math.inf


def by_loops(logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None) -> Tensor:
    """Slow and obvious: one row (V,) at a time, one token at a time."""
    if logits.dim() > 1:
        return torch.stack([by_loops(row, temperature, top_k, top_p) for row in logits])
    scaled = [value / temperature for value in logits.tolist()]
    ranked = sorted(range(len(scaled)), key=lambda token: (-scaled[token], token))[:top_k]
    weights = {token: math.exp(scaled[token] - max(scaled)) for token in ranked}
    filtered, before = [-INF] * len(scaled), 0.0
    for token in ranked:
        if top_p is None or top_p == 1 or before < top_p * sum(weights.values()):
            filtered[token] = scaled[token]
        before += weights[token]
    return torch.tensor(filtered, dtype=logits.dtype)


def random_logits(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0)) * 2


def test_example_top_k() -> None:
    """Matches the first result in the task, with top-k."""
    logits = torch.tensor([1.0, 2.0, -1.0, 0.0])
    assert_close(filter_logits(logits, top_k=3), torch.tensor([1.0, 2.0, -INF, 0.0]))


def test_example_top_p() -> None:
    """Matches the second result in the task, with temperature and top-p."""
    logits = torch.tensor([1.0, 2.0, -1.0, 0.0])
    assert_close(filter_logits(logits, temperature=0.5, top_p=0.9), torch.tensor([2.0, 4.0, -INF, -INF]))


def test_temperature_alone() -> None:
    """Divides by the temperature and keeps everything by default."""
    logits = random_logits(2, 5)
    assert_close(filter_logits(logits, 0.5), logits * 2)


@pytest.mark.parametrize("top_k", [1, 2, 6])
def test_top_k(top_k: int) -> None:
    """Keeps the top_k largest logits of each row."""
    logits = random_logits(3, 7)
    assert_close(filter_logits(logits, top_k=top_k), by_loops(logits, top_k=top_k))


@pytest.mark.parametrize("top_p", [0.3, 0.6, 0.95])
def test_top_p(top_p: float) -> None:
    """Keeps the nucleus of each row."""
    logits = random_logits(3, 7)
    assert_close(filter_logits(logits, top_p=top_p), by_loops(logits, top_p=top_p))


@pytest.mark.parametrize("shape", [(9,), (1, 9)])
def test_one_row(shape: tuple[int, ...]) -> None:
    """Filters a single row, with and without a batch dimension."""
    logits = random_logits(*shape)
    assert_close(filter_logits(logits, top_k=7, top_p=0.8), by_loops(logits, top_k=7, top_p=0.8))


def test_all_three() -> None:
    """Applies temperature, top-k and top-p together, with two batch dimensions."""
    logits = random_logits(2, 3, 8)
    expected = by_loops(logits, temperature=1.7, top_k=5, top_p=0.8)
    assert_close(filter_logits(logits, temperature=1.7, top_k=5, top_p=0.8), expected)


def test_temperature_first() -> None:
    """Finds the nucleus after the temperature has flattened the row."""
    logits = torch.tensor([4.0, 2.0, 0.0])  # 0.87, 0.12, 0.02; at temperature 4: 0.51, 0.31, 0.19
    assert_close(filter_logits(logits, temperature=4.0, top_p=0.7), torch.tensor([1.0, 0.5, -INF]))


def test_nucleus_of_what_top_k_left() -> None:
    """Computes the probabilities for top-p over the tokens that top-k kept."""
    logits = torch.tensor([0.0, 0.4, -0.1, -0.2])  # over all 0.35 for the best, over the best two 0.60
    assert_close(filter_logits(logits, top_k=2, top_p=0.5), torch.tensor([-INF, 0.4, -INF, -INF]))


@pytest.mark.edge
def test_equal_logits_top_k() -> None:
    """Keeps exactly top_k of equal logits, those with the lower ids."""
    logits = torch.tensor([[1.0, 3.0, 3.0, 3.0, 0.0], [2.0, 2.0, 2.0, 2.0, 2.0]])
    expected = torch.tensor([[-INF, 3.0, 3.0, -INF, -INF], [2.0, 2.0, -INF, -INF, -INF]])
    assert_close(filter_logits(logits, top_k=2), expected)


@pytest.mark.edge
def test_equal_logits_of_a_large_vocabulary() -> None:
    """Keeps the lower ids of many equal logits too, which needs a stable sort."""
    expected = torch.full((3000,), -INF)
    expected[:2] = 0.0
    assert_close(filter_logits(torch.zeros(3000), top_k=2), expected)


@pytest.mark.edge
def test_top_p_just_below_one() -> None:
    """Drops a tail of 0.0005 if top_p is 0.9995."""
    logits = torch.tensor([0.6, 0.3997, 0.0002, 0.0001]).log()
    assert_close(filter_logits(logits, top_p=0.9995) > -INF, torch.tensor([True, True, False, False]))


@pytest.mark.edge
def test_mass_near_top_p() -> None:
    """Tells a mass 2e-5 below top_p from one 2e-5 above it."""
    logits = torch.tensor([[0.6, 0.3, 0.1], [0.60004, 0.3, 0.09996]]).log()
    expected = torch.tensor([[True, True, False], [True, False, False]])
    assert_close(filter_logits(logits, top_p=0.60002) > -INF, expected)


@pytest.mark.edge
def test_equal_logits_top_p() -> None:
    """Fills the nucleus from the lower ids if all logits are equal."""
    assert_close(filter_logits(torch.zeros(5), top_p=0.5), torch.tensor([0.0, 0.0, 0.0, -INF, -INF]))


@pytest.mark.edge
def test_exactly_top_p() -> None:
    """Drops a token if those before it sum to exactly top_p."""
    assert_close(filter_logits(torch.zeros(4), top_p=0.5), torch.tensor([0.0, 0.0, -INF, -INF]))


def test_tiny_top_p() -> None:
    """Keeps the best token however small top_p is."""
    assert_close(filter_logits(torch.tensor([1.0, 1.5, 1.0]), top_p=1e-6), torch.tensor([-INF, 1.5, -INF]))


def test_top_p_of_one() -> None:
    """Keeps even a token of probability 0 if top_p is 1."""
    logits = torch.tensor([-200.0, 0.0, -1.0])
    assert_close(filter_logits(logits, top_p=1.0), logits)


def test_top_k_beyond_vocabulary() -> None:
    """Keeps everything if top_k is larger than V."""
    logits = random_logits(1, 4)
    assert_close(filter_logits(logits, top_k=9), logits)


def test_one_token() -> None:
    """Keeps the only token there is."""
    assert_close(filter_logits(torch.tensor([[-3.0]]), top_k=1, top_p=0.5), torch.tensor([[-3.0]]))


@pytest.mark.edge
def test_banned_tokens() -> None:
    """Keeps a logit of -inf at -inf and gives it no share of the nucleus."""
    logits = torch.tensor([-INF, 1.0, -INF, 0.0])
    assert_close(filter_logits(logits, top_k=3, top_p=0.95), torch.tensor([-INF, 1.0, -INF, 0.0]))


@pytest.mark.edge
def test_large_logits() -> None:
    """Finds the nucleus for logits of 1e4 and of -1e4."""
    logits = torch.tensor([[-1e4, 1e4, 1e4 - 1], [-1e4, -1e4 + 1, -2e4]])
    expected = torch.tensor([[-INF, 1e4, 1e4 - 1], [-1e4, -1e4 + 1, -INF]])
    assert_close(filter_logits(logits, top_p=0.9), expected)


@pytest.mark.edge
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_dtype(dtype: torch.dtype) -> None:
    """Keeps the dtype of the logits."""
    logits = torch.tensor([0.5, 3.0, -1.0, 2.0], dtype=dtype)
    expected = torch.tensor([-INF, 1.5, -INF, 1.0], dtype=dtype)
    assert_close(filter_logits(logits, temperature=2.0, top_k=3, top_p=0.7), expected)


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Accepts a transposed view."""
    logits = random_logits(6, 2)
    assert_close(filter_logits(logits.T, top_k=4, top_p=0.8), by_loops(logits.T.clone(), top_k=4, top_p=0.8))


@pytest.mark.edge
@pytest.mark.parametrize(
    "settings",
    [{}, {"top_k": 2}, {"top_p": 0.5}, {"temperature": 2.0, "top_k": 2, "top_p": 0.5}],
    ids=["defaults", "top_k", "top_p", "all three"],
)
def test_input_unchanged(settings: dict[str, float]) -> None:
    """Leaves the logits unchanged, whatever the settings."""
    logits = random_logits(2, 5)
    before = logits.clone()
    filter_logits(logits, **settings)
    assert_close(logits, before, rtol=0, atol=0)


WRONG = [{"temperature": 0.0}, {"top_k": 0}, {"top_p": 0.0}, {"top_p": 1.5}]
FURTHER = [
    {"temperature": -1.0},
    {"top_k": -1},
    {"top_p": -0.5},
    {"top_k": 2, "top_p": 1.5},
    {"top_k": 0, "top_p": 0.5},
]


@pytest.mark.parametrize("wrong", WRONG + [pytest.param(each, marks=pytest.mark.edge) for each in FURTHER])
def test_errors(wrong: dict[str, float]) -> None:
    """Raises ValueError for a setting that is out of range."""
    logits = torch.zeros(3)
    with pytest.raises(ValueError):  # noqa: PT011, whatever it says
        filter_logits(logits, **wrong)
