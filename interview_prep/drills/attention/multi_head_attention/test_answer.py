"""Multi-head attention against a loop over batch and heads, and against the library."""

import math

import pytest
import torch
from answer import MultiHeadAttention
from torch import Tensor, nn
from torch.testing import assert_close

NAMES = ("q_proj", "k_proj", "v_proj", "out_proj")


def random_layer(heads: int = 2, d_model: int = 4, dtype: torch.dtype = torch.float32) -> MultiHeadAttention:
    """A layer with weights and biases that are the same for every answer."""
    layer, draw = MultiHeadAttention(d_model, heads), torch.Generator().manual_seed(0)
    for name in NAMES:
        linear = getattr(layer, name)
        linear.weight.data = torch.randn(d_model, d_model, generator=draw)
        linear.bias.data = torch.randn(d_model, generator=draw)
    return layer.to(dtype)


def inputs(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def projected(layer: MultiHeadAttention, name: str, t: Tensor) -> Tensor:
    linear = getattr(layer, name)
    return t @ linear.weight.T + linear.bias


def by_loops(
    layer: MultiHeadAttention, heads: int, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None
) -> Tensor:
    """Slow and obvious: one head of one element at a time."""
    context = x if context is None else context
    q, k, v = projected(layer, "q_proj", x), projected(layer, "k_proj", context), projected(layer, "v_proj", context)
    size, rows = x.shape[-1] // heads, []
    for b in range(len(x)):
        parts = []
        for features in (slice(head * size, (head + 1) * size) for head in range(heads)):
            scores = q[b, :, features] @ k[b, :, features].T / math.sqrt(size)
            if mask is not None:
                scores = scores.where(mask if mask.dim() == 2 else mask[b], -math.inf)
            parts.append(scores.softmax(1) @ v[b, :, features])
        rows.append(torch.cat(parts, dim=1))
    return projected(layer, "out_proj", torch.stack(rows))


def identity_layer() -> MultiHeadAttention:
    layer = MultiHeadAttention(d_model=2, heads=2)
    for name in NAMES:
        getattr(layer, name).weight.data, getattr(layer, name).bias.data = torch.eye(2), torch.zeros(2)
    return layer


MASK = torch.tensor([[True, False, True], [False, True, False]])
EXAMPLE = torch.tensor([[[1.0, 0.0], [0.0, 2.0]]])


def test_example() -> None:
    """Matches the first example in the task."""
    layer = identity_layer()
    assert_close(layer(EXAMPLE).detach(), torch.tensor([[[0.7311, 1.0], [0.5, 1.9640]]]), atol=1e-4, rtol=0)


def test_example_with_mask() -> None:
    """Matches the second example in the task, with a mask."""
    layer, mask = identity_layer(), torch.tensor([[True, False], [True, True]])
    expected = torch.tensor([[[1.0, 0.0], [0.5, 1.9640]]])
    assert_close(layer(EXAMPLE, mask=mask).detach(), expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_heads(heads: int) -> None:
    """Agrees with loops for one head, for several, and for heads of size 1."""
    layer, x = random_layer(heads), inputs(1, 3, 4)
    assert_close(layer(x), by_loops(layer, heads, x))


@pytest.mark.parametrize("batch", [1, 3])
def test_self_attention(batch: int) -> None:
    """Keeps the elements of a batch separate."""
    layer, x = random_layer(2, 6), inputs(batch, 2, 6)
    assert_close(layer(x), by_loops(layer, 2, x))


def test_cross_attention() -> None:
    """Takes keys and values from a context of a different length."""
    layer, x, context = random_layer(), inputs(2, 2, 4), inputs(2, 3, 4, seed=2)
    assert_close(layer(x, context), by_loops(layer, 2, x, context))


def test_cross_attention_of_equal_length() -> None:
    """Takes both keys and values from a context of the same length."""
    layer, x, context = random_layer(), inputs(1, 3, 4), inputs(1, 3, 4, seed=2)
    assert_close(layer(x, context), by_loops(layer, 2, x, context))


def test_constant_context() -> None:
    """Returns the context's value if all its tokens are equal, whatever x is."""
    layer, x, context = random_layer(), inputs(1, 3, 4), inputs(1, 1, 4, seed=2).expand(1, 3, 4)
    assert_close(layer(x, context), projected(layer, "out_proj", projected(layer, "v_proj", context)))


def test_last_bias() -> None:
    """Returns the bias of out_proj if its weight is zero."""
    layer = random_layer()
    layer.out_proj.weight.data.zero_()
    assert_close(layer(inputs(1, 3, 4)), layer.out_proj.bias.expand(1, 3, 4))


def test_square_inputs() -> None:
    """Mixes up no axes when batch, length and heads are equal."""
    layer, x = random_layer(), inputs(2, 2, 4)
    assert_close(layer(x), by_loops(layer, 2, x))


def test_mask() -> None:
    """Hides the keys where a (T, S) mask is False."""
    layer, x, context = random_layer(), inputs(1, 2, 4), inputs(1, 3, 4, seed=2)
    assert_close(layer(x, context, MASK), by_loops(layer, 2, x, context, MASK))


def test_mask_of_each_element() -> None:
    """Accepts a (B, T, S) mask, one for each batch element."""
    layer, x, context = random_layer(1), inputs(2, 2, 4), inputs(2, 3, 4, seed=2)
    mask = torch.stack([MASK, ~MASK])
    assert_close(layer(x, context, mask), by_loops(layer, 1, x, context, mask))


def test_mask_of_each_element_not_of_each_head() -> None:
    """Uses a (B, T, S) mask per batch element, not per head."""
    layer, x, context = random_layer(), inputs(2, 2, 4), inputs(2, 3, 4, seed=2)
    mask = torch.stack([MASK, ~MASK])
    assert_close(layer(x, context, mask), by_loops(layer, 2, x, context, mask))


def test_mask_of_each_element_and_more_heads() -> None:
    """Accepts a (B, T, S) mask when B isn't the number of heads."""
    layer, x, context = random_layer(4), inputs(2, 2, 4), inputs(2, 3, 4, seed=2)
    assert_close(layer(x, context, MASK.expand(2, 2, 3)), by_loops(layer, 4, x, context, MASK))


def test_mask_that_hides_nothing() -> None:
    """Gives the same with an all-True mask as with none."""
    layer, x = random_layer(), inputs(1, 3, 4)
    assert_close(layer(x, mask=torch.ones(3, 3, dtype=torch.bool)), by_loops(layer, 2, x))


def test_causal_mask() -> None:
    """Keeps earlier results when a later token changes, under a causal mask."""
    layer, x, mask = random_layer(), inputs(1, 3, 4), torch.ones(3, 3, dtype=torch.bool).tril()
    expected = layer(x, mask=mask)[:, :2]
    x[:, 2] = 100.0
    assert_close(layer(x, mask=mask)[:, :2], expected)


def test_length_one() -> None:
    """Returns the projected value if there is only one key."""
    layer, x = random_layer(), inputs(2, 1, 4)
    assert_close(layer(x), projected(layer, "out_proj", projected(layer, "v_proj", x)))


def test_order_of_the_context() -> None:
    """Doesn't depend on the order of the context."""
    layer, x, context = random_layer(), inputs(1, 2, 4), inputs(1, 3, 4, seed=2)
    assert_close(layer(x, context.flip(1)), by_loops(layer, 2, x, context))


def test_like_the_library() -> None:
    """Agrees with a torch.nn.MultiheadAttention that has the same weights."""
    layer, x = random_layer(2, 6), inputs(2, 3, 6)
    theirs = nn.MultiheadAttention(6, 2, batch_first=True)
    theirs.in_proj_weight.data = torch.cat([getattr(layer, name).weight.detach() for name in NAMES[:3]])
    theirs.in_proj_bias.data = torch.cat([getattr(layer, name).bias.detach() for name in NAMES[:3]])
    theirs.out_proj.load_state_dict(layer.out_proj.state_dict())
    assert_close(layer(x), theirs(x, x, x)[0])


@pytest.mark.parametrize("name", NAMES)
def test_linear_layers(name: str) -> None:
    """Has four linear layers with the names in the task."""
    layer = MultiHeadAttention(6, 3)
    linear = getattr(layer, name)
    assert (type(linear), linear.weight.shape, linear.bias.shape) == (nn.Linear, (6, 6), (6,))


def test_number_of_parameters() -> None:
    """Has the parameters of these four layers and no others."""
    layer = MultiHeadAttention(6, 3)
    assert sum(p.numel() for p in layer.parameters()) == 4 * (6 * 6 + 6)


@pytest.mark.parametrize(("d_model", "heads"), [(4, 3), (2, 4)])
def test_heads_that_do_not_divide(d_model: int, heads: int) -> None:
    """Raises ValueError if heads doesn't divide d_model."""
    with pytest.raises(ValueError):  # noqa: PT011, any sentence will do
        MultiHeadAttention(d_model, heads)


def test_long_sequences() -> None:
    """Agrees with loops for sequences much longer than the example's."""
    layer, x, context = random_layer(), inputs(1, 40, 4), inputs(1, 70, 4, seed=2)
    mask = torch.ones(40, 70, dtype=torch.bool).tril(30)
    assert_close(layer(x, context, mask), by_loops(layer, 2, x, context, mask))


@pytest.mark.edge
def test_large_inputs() -> None:
    """Stays finite for inputs of 1e4."""
    layer, x = random_layer(), 1e4 * inputs(1, 3, 4)
    assert_close(layer(x), by_loops(layer, 2, x))


@pytest.mark.edge
def test_masked_key_of_a_huge_score() -> None:
    """Gives a masked key no weight even if all other scores are below -1e4."""
    layer, x = identity_layer(), torch.tensor([[[-1.0, -1.0], [2e4, 2e4]]])
    mask = torch.tensor([[True, False], [True, False]])
    assert_close(layer(x, mask=mask).detach(), -torch.ones(1, 2, 2))


@pytest.mark.edge
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float16, 4e-2), (torch.bfloat16, 3e-1), (torch.float64, 1e-5)])
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Computes in the layer's dtype, with a mask."""
    layer, x, context = random_layer(dtype=dtype), inputs(1, 2, 4).to(dtype), inputs(1, 3, 4, seed=2).to(dtype)
    got = layer(x, context, MASK)
    expected = by_loops(layer.double(), 2, x.double(), context.double(), MASK)
    assert_close(got, expected.to(dtype), atol=tolerance, rtol=tolerance)


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Accepts inputs with time first in memory."""
    layer, x = random_layer(), inputs(3, 2, 4).transpose(0, 1)
    assert_close(layer(x), by_loops(layer, 2, x))


@pytest.mark.edge
def test_eval_mode() -> None:
    """Masks in eval mode too."""
    layer, x = random_layer().eval(), inputs(1, 3, 4)
    mask = torch.ones(3, 3, dtype=torch.bool).tril()
    assert_close(layer(x, mask=mask), by_loops(layer, 2, x, mask=mask))


@pytest.mark.edge
def test_gradients() -> None:
    """Matches the loops' gradients for all weights, x and context."""
    layer, x, context = random_layer(dtype=torch.float64), inputs(1, 2, 4).double(), inputs(1, 3, 4, seed=2).double()
    inside = [x.requires_grad_(), context.requires_grad_(), *layer.parameters()]
    got = torch.autograd.grad(layer(x, context, MASK).square().sum(), inside)
    assert_close(
        got, torch.autograd.grad(by_loops(layer, 2, x, context, MASK).square().sum(), inside), atol=1e-5, rtol=1e-5
    )


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Leaves x, context and mask unchanged."""
    layer, given = random_layer(), [inputs(1, 2, 4), inputs(1, 3, 4, seed=2), MASK.clone()]
    before = [t.clone() for t in given]
    layer(*given)
    assert_close(given, before, rtol=0, atol=0)
