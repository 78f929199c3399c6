"""Attention in chunks against a loop over tokens, each of which sees what came before it."""

import functools
import math

import pytest
import torch
from answer import CachedAttention
from torch import Tensor
from torch.testing import assert_close

NAMES = ("q_proj", "k_proj", "v_proj", "out_proj")
DRAW = torch.Generator().manual_seed(0)
WEIGHTS, BIASES = torch.randn(4, 4, 4, generator=DRAW), torch.randn(4, 4, generator=DRAW)


def layer_with(weights: Tensor, biases: Tensor, heads: int = 2) -> CachedAttention:
    """A frozen layer whose linear layers have these weights (4, D, D) and biases (4, D)."""
    layer = CachedAttention(weights.shape[-1], heads)
    for name, weight, bias in zip(NAMES, weights, biases, strict=True):
        linear = getattr(layer, name)
        linear.weight.data, linear.bias.data = weight.clone(), bias.clone()
    return layer.requires_grad_(requires_grad=False)


@functools.cache
def shared_layer() -> CachedAttention:
    """One layer for all checks that don't change it."""
    return layer_with(WEIGHTS, BIASES)


def identity_layer() -> CachedAttention:
    return layer_with(torch.eye(2).expand(4, 2, 2), torch.zeros(4, 2), heads=1)


def inputs(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def projected(x: Tensor, weight: Tensor, bias: Tensor, heads: int = 2) -> Tensor:
    """(B, T, D) -> (B, H, T, d)."""
    return torch.stack((x @ weight.T + bias).chunk(heads, dim=-1), dim=1)


def keys_and_values(x: Tensor) -> tuple[Tensor, Tensor]:
    return projected(x, WEIGHTS[1], BIASES[1]), projected(x, WEIGHTS[2], BIASES[2])


def by_loops(
    x: Tensor,
    cache: tuple[Tensor, Tensor] | None = None,
    weights: Tensor = WEIGHTS,
    biases: Tensor = BIASES,
    heads: int = 2,
) -> Tensor:
    """Slow and obvious: one token at a time sees what came before."""
    q, k, v = (projected(x, weights[i], biases[i], heads) for i in range(3))
    past = 0 if cache is None else cache[0].shape[2]
    if cache is not None:
        k, v = torch.cat([cache[0], k], dim=2), torch.cat([cache[1], v], dim=2)
    rows = []
    for t, query in enumerate(q.split(1, dim=2)):
        scores = query @ k[:, :, : past + t + 1].mT / math.sqrt(q.shape[-1])
        rows.append(scores.softmax(-1) @ v[:, :, : past + t + 1])
    return torch.cat(torch.cat(rows, dim=2).unbind(1), dim=-1) @ weights[3].T + biases[3]


def in_chunks(layer: CachedAttention, x: Tensor, *sizes: int) -> Tensor:
    """The results of all chunks, one after the other."""
    cache, outs = None, []
    for chunk in x.split(sizes, dim=1):
        out, cache = layer(chunk, cache)
        outs.append(out)
    return torch.cat(outs, dim=1)


SIX = by_loops(inputs(2, 6, 4))  # its beginning is right for shorter sequences too


@functools.cache
def of_a_changed_token() -> tuple[Tensor, Tensor]:
    """The results of a chunk of three tokens with a cache, before and after its third token changes."""
    layer, x = shared_layer(), inputs(1, 3, 4)
    _, cache = layer(inputs(1, 2, 4, seed=2))
    before, _ = layer(x, cache)
    x[:, 2] = 100.0
    return before, layer(x, cache)[0]


def test_example_prompt() -> None:
    """Matches the first example in the task."""
    layer = identity_layer()
    out, _ = layer(torch.tensor([[[1.0, 0.0], [0.0, 1.0]]]))
    assert_close(out, torch.tensor([[[1.0, 0.0], [0.3302, 0.6698]]]), atol=1e-4, rtol=0)


def test_example_step() -> None:
    """Matches the second example in the task, with the cache."""
    layer = identity_layer()
    _, cache = layer(torch.tensor([[[1.0, 0.0], [0.0, 1.0]]]))
    out, _ = layer(torch.tensor([[[2.0, 0.0]]]), cache)
    assert_close(out, torch.tensor([[[1.7225, 0.0454]]]), atol=1e-4, rtol=0)


@pytest.mark.parametrize("batch", [1, 2])
def test_one_pass(batch: int) -> None:
    """Agrees with loops in one pass without a cache."""
    layer, x = shared_layer(), inputs(2, 6, 4)[:batch]
    out, _ = layer(x)
    assert_close(out, SIX[:batch])


@pytest.mark.parametrize("heads", [1, 4])
def test_heads(heads: int) -> None:
    """Agrees with loops for other numbers of heads."""
    layer, x = layer_with(WEIGHTS, BIASES, heads), inputs(1, 2, 4)
    out, _ = layer(x)
    assert_close(out, by_loops(x, heads=heads))


@pytest.mark.parametrize("batch", [1, 2])
def test_token_by_token(batch: int) -> None:
    """Gives the same token by token as in one pass."""
    layer, x = shared_layer(), inputs(2, 6, 4)[:batch, :3]
    assert_close(in_chunks(layer, x, 1, 1, 1), SIX[:batch, :3])


def test_prompt_then_tokens() -> None:
    """Gives the same for a prompt and then single tokens as in one pass."""
    layer, x = shared_layer(), inputs(2, 6, 4)[:, :5]
    assert_close(in_chunks(layer, x, 3, 1, 1), SIX[:, :5])


@pytest.mark.parametrize("sizes", [(2, 3), (1, 4), (4, 2), (1, 2, 1, 2)])
def test_chunks(sizes: tuple[int, ...]) -> None:
    """Gives the same in chunks of any size as in one pass."""
    layer, x = shared_layer(), inputs(2, 6, 4)[:, : sum(sizes)]
    assert_close(in_chunks(layer, x, *sizes), SIX[:, : sum(sizes)])


def test_long_sequence() -> None:
    """Gives the same for a long sequence in chunks as in one pass."""
    layer, x = shared_layer(), inputs(1, 90, 4)
    assert_close(in_chunks(layer, x, 40, 1, 3, 46), by_loops(x))


def test_no_look_ahead_in_a_chunk() -> None:
    """Doesn't let a chunk's last token change its earlier results."""
    before, after = of_a_changed_token()
    assert_close(after[:, :2], before[:, :2])


def test_first_of_a_chunk() -> None:
    """Doesn't let a chunk's third token change its first result."""
    before, after = of_a_changed_token()
    assert_close(after[:, :1], before[:, :1])


@pytest.mark.parametrize("new", [1, 3])
def test_any_cache(new: int) -> None:
    """Gets the past only from the cache, whatever it holds."""
    layer, x = shared_layer(), inputs(2, new, 4)
    cache = (inputs(2, 2, 2, 2, seed=2), inputs(2, 2, 2, 2, seed=3))
    out, _ = layer(x, cache)
    assert_close(out, by_loops(x, cache))


def test_sees_all_of_the_cache() -> None:
    """Lets a new token see every token in the cache."""
    keys, values = inputs(1, 2, 3, 2, seed=2).repeat(4, 1, 1, 1), inputs(1, 2, 3, 2, seed=3).repeat(4, 1, 1, 1)
    values[range(3), :, range(3)] += 1  # in row r another value at r; the last row stays as it is
    out, _ = shared_layer()(inputs(1, 1, 4).repeat(4, 1, 1), (keys, values))
    assert ((out[:3] - out[3]).abs().amax(dim=(1, 2)) > 1e-3).tolist() == [True] * 3


def test_cache_of_a_prompt() -> None:
    """Returns the keys and values of all tokens, each (B, H, T, d)."""
    layer, x = shared_layer(), inputs(2, 3, 4)
    _, cache = layer(x)
    assert_close(tuple(cache), keys_and_values(x))


def test_cache_of_chunks() -> None:
    """Puts new keys and values after the old ones."""
    layer, x = shared_layer(), inputs(2, 5, 4)
    _, cache = layer(x[:, :3])
    _, cache = layer(x[:, 3:], cache)
    assert_close(tuple(cache), keys_and_values(x))


def test_past_is_not_projected_again() -> None:
    """Keeps old keys as they are, even if the layer's weights change."""
    layer, x, other = layer_with(WEIGHTS, BIASES), inputs(1, 3, 4), WEIGHTS.clone()
    _, cache = layer(x[:, :2])
    layer.k_proj.weight.data = other[1] = torch.eye(4)
    out, _ = layer(x[:, 2:], cache)
    assert_close(out, by_loops(x[:, 2:], keys_and_values(x[:, :2]), other))


def test_cache_unchanged() -> None:
    """Leaves the incoming cache unchanged."""
    layer = shared_layer()
    _, cache = layer(inputs(1, 2, 4))
    before = tuple(t.clone() for t in cache)
    layer(inputs(1, 2, 4, seed=2), cache)
    assert_close(tuple(cache), before, rtol=0, atol=0)


def test_two_continuations() -> None:
    """Continues one prefix twice, with neither affecting the other."""
    layer, x, other = shared_layer(), inputs(2, 6, 4), inputs(2, 1, 4, seed=2)
    _, cache = layer(x[:, :2])
    layer(other, cache)
    out, _ = layer(x[:, 2:3], cache)
    assert_close(out, SIX[:, 2:3])


def test_two_sequences_in_turns() -> None:
    """Keeps two sequences separate when they are continued in turns."""
    layer, x, other = shared_layer(), inputs(2, 6, 4), inputs(2, 1, 4, seed=2)
    _, cache = layer(x[:, :1])
    layer(other)
    out, _ = layer(x[:, 1:2], cache)
    assert_close(out, SIX[:, 1:2])


@pytest.mark.edge
def test_reordered_cache() -> None:
    """Follows a cache whose batch dimension was reordered."""
    layer, x = shared_layer(), inputs(2, 6, 4)
    _, cache = layer(x[:, :2])
    out, _ = layer(x[:, 2:3].flip(0), tuple(t.flip(0) for t in cache))
    assert_close(out, SIX[:, 2:3].flip(0))


@pytest.mark.edge
def test_empty_cache() -> None:
    """Treats a cache with zero tokens like no cache."""
    out, _ = shared_layer()(inputs(2, 6, 4), (torch.zeros(2, 2, 0, 2), torch.zeros(2, 2, 0, 2)))
    assert_close(out, SIX)


@pytest.mark.edge
def test_reordered_cache_in_eval_mode() -> None:
    """Follows a reordered cache in eval mode too."""
    layer, x = layer_with(WEIGHTS, BIASES).eval(), inputs(2, 6, 4)
    _, cache = layer(x[:, :2])
    out, _ = layer(x[:, 2:3].flip(0), tuple(t.flip(0) for t in cache))
    assert_close(out, SIX[:, 2:3].flip(0))


@pytest.mark.edge
def test_device() -> None:
    """Creates new tensors on x's device."""
    layer, x = layer_with(WEIGHTS, BIASES).to("meta"), torch.zeros(1, 3, 4, device="meta")
    out, _ = layer(x, layer(x)[1])
    assert (out.device.type, out.shape) == ("meta", (1, 3, 4))


@pytest.mark.edge
def test_large_inputs() -> None:
    """Stays finite for inputs of 1e4, in chunks."""
    layer, x = layer_with(WEIGHTS, BIASES).double(), 1e4 * inputs(1, 3, 4).double()  # float32 rounds by more
    assert_close(in_chunks(layer, x, 1, 2), by_loops(x, None, WEIGHTS.double(), BIASES.double()))


@pytest.mark.edge
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float16, 4e-2), (torch.bfloat16, 3e-1), (torch.float64, 1e-5)])
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Computes in the layer's dtype, in chunks."""
    layer, x = layer_with(WEIGHTS, BIASES).to(dtype), inputs(1, 4, 4).to(dtype)
    expected = by_loops(x.double(), None, WEIGHTS.to(dtype).double(), BIASES.to(dtype).double())
    assert_close(in_chunks(layer, x, 2, 2), expected.to(dtype), atol=tolerance, rtol=tolerance)


@pytest.mark.edge
def test_dtype_of_the_cache() -> None:
    """Keeps the cache in the layer's dtype."""
    layer = layer_with(WEIGHTS, BIASES).bfloat16()
    _, (keys, values) = layer(inputs(1, 2, 4).bfloat16())
    assert (keys.dtype, values.dtype) == (torch.bfloat16, torch.bfloat16)


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Accepts inputs with time first in memory."""
    layer, x = shared_layer(), inputs(2, 6, 4)[:, :3].transpose(0, 1).contiguous().transpose(0, 1)
    assert_close(in_chunks(layer, x, 2, 1), SIX[:, :3])


@pytest.mark.edge
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
def test_gradients(training: bool) -> None:
    """Sends the gradients of one pass through the cache, to all weights and x."""
    layer, x = (
        layer_with(WEIGHTS, BIASES).double().requires_grad_().train(training),
        inputs(1, 3, 4).double().requires_grad_(),
    )
    linears = [getattr(layer, name) for name in NAMES]
    leaves = [x, *(each.weight for each in linears), *(each.bias for each in linears)]
    of_x, *got = torch.autograd.grad(in_chunks(layer, x, 2, 1).square().sum(), leaves)
    weights, biases = (each.double().requires_grad_() for each in (WEIGHTS, BIASES))
    expected = torch.autograd.grad(by_loops(x, None, weights, biases).square().sum(), [x, weights, biases])
    assert_close((of_x, torch.stack(got[:4]), torch.stack(got[4:])), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Leaves x unchanged."""
    layer, x = shared_layer(), inputs(1, 2, 4)
    layer(x)
    assert_close(x, inputs(1, 2, 4), rtol=0, atol=0)
