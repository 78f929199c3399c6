"""Scaled dot-product attention against a loop over queries and keys."""

import math

import pytest
import torch
from answer import attention
from torch import Tensor
from torch.testing import assert_close


def by_loops(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """Slow and obvious: (T, D), (S, D), (S, V) -> (T, V)."""
    rows = []
    for t, q in enumerate(query):
        seen = [s for s in range(len(key)) if mask is None or mask[t, s]]
        weights = [torch.exp((q * key[s]).sum() / math.sqrt(len(q))) for s in seen]
        rows.append(sum(w * value[s] for w, s in zip(weights, seen, strict=True)) / sum(weights))
    return torch.stack(rows)


def random_inputs(*batch: int, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor, Tensor]:
    """Queries (..., 2, 5), keys (..., 3, 5), values (..., 3, 4)."""
    torch.manual_seed(0)
    shapes = [(*batch, 2, 5), (*batch, 3, 5), (*batch, 3, 4)]
    query, key, value = (torch.randn(shape, dtype=torch.float64).to(dtype) for shape in shapes)
    return query, key, value


MASK = torch.tensor([[True, False, True], [False, True, False]])


def test_example() -> None:
    """Matches the first example in the task."""
    query, key = torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, 0.0], [0.0, 1.0], [2.0, 0.0]])
    value = torch.tensor([[1.0], [2.0], [9.0]])
    assert_close(attention(query, key, value), torch.tensor([[8.2071]]), atol=1e-4, rtol=0)


def test_example_with_mask() -> None:
    """Matches the second example in the task, with a mask."""
    query, key = torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, 0.0], [0.0, 1.0], [2.0, 0.0]])
    value, mask = torch.tensor([[1.0], [2.0], [9.0]]), torch.tensor([[True, True, False]])
    assert_close(attention(query, key, value, mask=mask), torch.tensor([[1.5]]))


def test_no_batch() -> None:
    """Agrees with loops when T, S, D and V differ and there is no batch."""
    query, key, value = random_inputs()
    assert_close(attention(query, key, value), by_loops(query, key, value))


def test_mask() -> None:
    """Ignores keys where the mask is False."""
    query, key, value = random_inputs()
    assert_close(attention(query, key, value, MASK), by_loops(query, key, value, MASK))


def test_mask_that_hides_nothing() -> None:
    """Gives the same with an all-True mask as with none."""
    query, key, value = random_inputs()
    got = attention(query, key, value, torch.ones(2, 3, dtype=torch.bool))
    assert_close(got, by_loops(query, key, value))


@pytest.mark.parametrize("batch", [1, 3])
def test_batch_and_heads(batch: int) -> None:
    """Keeps batch elements and heads separate, with one mask for all."""
    query, key, value = random_inputs(batch, 2)
    flat = zip(query.flatten(0, 1), key.flatten(0, 1), value.flatten(0, 1), strict=True)
    expected = torch.stack([by_loops(q, k, v, MASK) for q, k, v in flat]).view(batch, 2, 2, 4)
    assert_close(attention(query, key, value, MASK), expected)


def test_mask_of_each_batch() -> None:
    """Broadcasts a mask of shape (B, 1, 1, S) over heads and queries."""
    query, key, value = random_inputs(2, 2)
    mask = torch.tensor([[True, True, False], [False, True, True]])[:, None, None, :]
    expected = torch.stack(
        [
            torch.stack([by_loops(query[b, h], key[b, h], value[b, h], mask[b, 0].expand(2, 3)) for h in (0, 1)])
            for b in (0, 1)
        ]
    )
    assert_close(attention(query, key, value, mask), expected)


def test_square_inputs() -> None:
    """Takes the softmax over keys, not queries, even when T = S = D = V."""
    torch.manual_seed(1)
    query, key, value = torch.randn(3, 3, 3).unbind()
    assert_close(attention(query, key, value), by_loops(query, key, value))


def test_one_key() -> None:
    """Returns the value itself if there is only one key."""
    query, key, value = random_inputs()
    assert_close(attention(query, key[:1], value[:1]), value[:1].expand(2, 4))


def test_equal_keys() -> None:
    """Takes the plain mean of the values if all keys are equal."""
    query, key, value = random_inputs()
    assert_close(attention(query, key[:1].expand(3, 5), value), value.mean(0, keepdim=True).expand(2, 4))


def test_scores_of_900() -> None:
    """Stays finite when exp of a score would overflow."""
    query, key = torch.tensor([[30.0]]), torch.tensor([[30.0], [0.0]])
    assert_close(attention(query, key, torch.tensor([[1.0], [2.0]])), torch.tensor([[1.0]]))


def test_masked_key_of_the_largest_score() -> None:
    """Gives a masked key no weight even if its score is the largest."""
    query, key = torch.tensor([[8.0]]), torch.tensor([[8.0], [0.0], [0.0]])
    value, mask = torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([[False, True, True]])
    assert_close(attention(query, key, value, mask), torch.tensor([[3.0]]))


@pytest.mark.parametrize(
    "shape",
    [pytest.param((3,), id="(B)"), pytest.param((2, 1, 2), id="three dimensions", marks=pytest.mark.edge)],
)
def test_batch_dimensions(shape: tuple[int, ...]) -> None:
    """Works for other numbers of batch dimensions."""
    query, key, value = random_inputs(*shape)
    flat = (t.reshape(-1, *t.shape[-2:]) for t in (query, key, value))
    expected = torch.stack([by_loops(q, k, v) for q, k, v in zip(*flat, strict=True)]).view(*shape, 2, 4)
    assert_close(attention(query, key, value), expected)


@pytest.mark.edge
def test_huge_inputs() -> None:
    """Stays finite for inputs of 1e4, where the best key takes all the weight."""
    query = torch.tensor([[1e4, 0.0], [-1e4, 0.0]])
    key, value = torch.tensor([[1e4, 0.0], [-1e4, 0.0]]), torch.tensor([[1.0], [2.0]])
    assert_close(attention(query, key, value), torch.tensor([[1.0], [2.0]]))


@pytest.mark.edge
def test_huge_unequal_scores() -> None:
    """Tells two huge scores apart, so the larger one takes all the weight."""
    query, key = torch.tensor([[1e4], [-1e4]]), torch.tensor([[1e4], [2e4]])
    assert_close(attention(query, key, torch.tensor([[1.0], [2.0]])), torch.tensor([[2.0], [1.0]]))


@pytest.mark.edge
def test_masked_key_of_a_huge_score() -> None:
    """Gives a masked key no weight if its score is 1e8 and the other is -1e8."""
    query, key = torch.tensor([[1e4]]), torch.tensor([[1e4], [-1e4]])
    value, mask = torch.tensor([[1.0], [2.0]]), torch.tensor([[False, True]])
    assert_close(attention(query, key, value, mask), torch.tensor([[2.0]]))


@pytest.mark.edge
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float16, 5e-3), (torch.bfloat16, 4e-2), (torch.float64, 1e-5)])
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Keeps the inputs' dtype, with a mask."""
    query, key, value = random_inputs(dtype=dtype)
    expected = by_loops(query.double(), key.double(), value.double(), MASK).to(dtype)
    assert_close(attention(query, key, value, MASK), expected, atol=tolerance, rtol=tolerance)


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Accepts heads split off by a transpose."""
    query, key, value = random_inputs(2)
    apart = (t.transpose(0, 1).contiguous().transpose(0, 1) for t in (query, key, value))
    expected = torch.stack([by_loops(query[b], key[b], value[b]) for b in (0, 1)])
    assert_close(attention(*apart), expected)


@pytest.mark.edge
def test_gradients() -> None:
    """Matches the loops' gradients for queries, keys and values."""
    inputs = [t.requires_grad_() for t in random_inputs(dtype=torch.float64)]
    got = torch.autograd.grad(attention(*inputs, MASK).square().sum(), inputs)
    assert_close(got, torch.autograd.grad(by_loops(*inputs, MASK).square().sum(), inputs), atol=1e-5, rtol=1e-5)


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Leaves queries, keys, values and mask unchanged."""
    inputs = [*random_inputs(), MASK.clone()]
    before = [t.clone() for t in inputs]
    attention(*inputs)
    assert_close(inputs, before, rtol=0, atol=0)
