"""Attention in chunks against a loop over tokens, each of which sees what came before it."""

import itertools
import math

import pytest
import torch
from answer import CachedAttention
from torch import Tensor
from torch.testing import assert_close

NAMES = ("q_proj", "k_proj", "v_proj", "out_proj")


def random_layer(dtype: torch.dtype = torch.float32, d_model: int = 4, heads: int = 2) -> CachedAttention:
    """A layer with weights and biases that are the same for every answer."""
    layer, draw = CachedAttention(d_model, heads), torch.Generator().manual_seed(0)
    for name in NAMES:
        linear = getattr(layer, name)
        linear.weight.data = torch.randn(d_model, d_model, generator=draw)
        linear.bias.data = torch.randn(d_model, generator=draw)
    return layer.to(dtype)


def identity_layer(d_model: int = 2, heads: int = 1) -> CachedAttention:
    layer = CachedAttention(d_model, heads)
    for name in NAMES:
        linear = getattr(layer, name)
        linear.weight.data, linear.bias.data = torch.eye(d_model), torch.zeros(d_model)
    return layer


def inputs(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def split(layer: CachedAttention, name: str, x: Tensor, heads: int = 2) -> Tensor:
    """(B, T, D) -> (B, H, T, d), projected."""
    linear = getattr(layer, name)
    return torch.stack((x @ linear.weight.T + linear.bias).chunk(heads, dim=-1), dim=1)


def by_loops(layer: CachedAttention, x: Tensor, cache: tuple[Tensor, Tensor] | None = None, heads: int = 2) -> Tensor:
    """Slow and obvious: one token of one head at a time sees what came before."""
    q, k, v = (split(layer, name, x, heads) for name in NAMES[:3])
    past = 0 if cache is None else cache[0].shape[2]
    if cache is not None:
        k, v = torch.cat([cache[0], k], dim=2), torch.cat([cache[1], v], dim=2)
    out = torch.empty_like(q)
    for b, h in itertools.product(range(len(x)), range(heads)):
        scores = q[b, h] @ k[b, h].T / math.sqrt(q.shape[-1])
        rows = [row[: past + t + 1].softmax(0) @ v[b, h, : past + t + 1] for t, row in enumerate(scores)]
        out[b, h] = torch.stack(rows)
    return torch.cat(out.unbind(1), dim=-1) @ layer.out_proj.weight.T + layer.out_proj.bias


def in_chunks(layer: CachedAttention, x: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """The results of all chunks, one behind the other."""
    cache, outs = None, []
    for chunk in x.split(sizes, dim=1):
        out, cache = layer(chunk, cache)
        outs.append(out)
    return torch.cat(outs, dim=1)


def test_example_prompt() -> None:
    """Gives the first numbers of the prompt."""
    layer = identity_layer()
    out, _ = layer(torch.tensor([[[1.0, 0.0], [0.0, 1.0]]]))
    assert_close(out.detach(), torch.tensor([[[1.0, 0.0], [0.3302, 0.6698]]]), atol=1e-4, rtol=0)


def test_example_step() -> None:
    """Gives the second numbers of the prompt, with the cache."""
    layer = identity_layer()
    _, cache = layer(torch.tensor([[[1.0, 0.0], [0.0, 1.0]]]))
    out, _ = layer(torch.tensor([[[2.0, 0.0]]]), cache)
    assert_close(out.detach(), torch.tensor([[[1.7225, 0.0454]]]), atol=1e-4, rtol=0)


@pytest.mark.parametrize("batch", [1, 3])
def test_one_pass(batch: int) -> None:
    """Agrees with loops in one pass without a cache."""
    layer, x = random_layer(), inputs(batch, 3, 4)
    out, _ = layer(x)
    assert_close(out, by_loops(layer, x))


@pytest.mark.parametrize("heads", [1, 3])
def test_heads(heads: int) -> None:
    """Agrees with loops for other numbers of heads."""
    layer, x = random_layer(d_model=6, heads=heads), inputs(1, 2, 6)
    out, _ = layer(x)
    assert_close(out, by_loops(layer, x, heads=heads))


@pytest.mark.parametrize("batch", [1, 3])
def test_token_by_token(batch: int) -> None:
    """Gives token by token what one pass gives."""
    layer, x = random_layer(), inputs(batch, 3, 4)
    assert_close(in_chunks(layer, x, (1, 1, 1)), by_loops(layer, x))


def test_prompt_then_tokens() -> None:
    """Gives for a prompt and single tokens what one pass gives."""
    layer, x = random_layer(), inputs(2, 5, 4)
    assert_close(in_chunks(layer, x, (3, 1, 1)), by_loops(layer, x))


@pytest.mark.parametrize("sizes", [(2, 3), (1, 4), (4, 2), (1, 2, 1, 2)])
def test_chunks(sizes: tuple[int, ...]) -> None:
    """Gives for chunks of any sizes what one pass gives."""
    layer, x = random_layer(), inputs(1, sum(sizes), 4)
    assert_close(in_chunks(layer, x, sizes), by_loops(layer, x))


def test_no_look_ahead_in_a_chunk() -> None:
    """Changes no earlier result of a chunk when its last token changes."""
    layer, x = random_layer(), inputs(1, 3, 4)
    _, cache = layer(inputs(1, 2, 4, seed=2))
    expected = layer(x, cache)[0][:, :2]
    x[:, 2] = 100.0
    out, _ = layer(x, cache)
    assert_close(out[:, :2], expected)


def test_first_of_a_chunk() -> None:
    """Changes no first result of a chunk when its third token changes."""
    layer, x = random_layer(), inputs(1, 3, 4)
    _, cache = layer(inputs(1, 2, 4, seed=2))
    expected = layer(x, cache)[0][:, :1]
    x[:, 2] = 100.0
    out, _ = layer(x, cache)
    assert_close(out[:, :1], expected)


@pytest.mark.parametrize("new", [1, 3])
def test_any_cache(new: int) -> None:
    """Takes the past from the cache alone, whatever it holds."""
    layer, x = random_layer(), inputs(2, new, 4)
    cache = (inputs(2, 2, 2, 2, seed=2), inputs(2, 2, 2, 2, seed=3))
    out, _ = layer(x, cache)
    assert_close(out, by_loops(layer, x, cache))


def test_cache_of_a_prompt() -> None:
    """Returns the keys and values of all tokens, each (B, H, T, d)."""
    layer, x = random_layer(), inputs(2, 3, 4)
    _, cache = layer(x)
    assert_close(tuple(cache), (split(layer, "k_proj", x), split(layer, "v_proj", x)))


def test_cache_of_chunks() -> None:
    """Puts new keys and values behind the old ones."""
    layer, x = random_layer(), inputs(2, 5, 4)
    _, cache = layer(x[:, :3])
    _, cache = layer(x[:, 3:], cache)
    assert_close(tuple(cache), (split(layer, "k_proj", x), split(layer, "v_proj", x)))


def test_past_is_not_projected_again() -> None:
    """Keeps old keys as they are, even if the layer's weights change."""
    layer, x = random_layer(), inputs(1, 3, 4)
    past = (split(layer, "k_proj", x[:, :2]), split(layer, "v_proj", x[:, :2]))
    _, cache = layer(x[:, :2])
    layer.k_proj.weight.data = torch.eye(4)
    out, _ = layer(x[:, 2:], cache)
    assert_close(out, by_loops(layer, x[:, 2:], past))


def test_cache_unchanged() -> None:
    """Leaves the cache that comes in as it was."""
    layer = random_layer()
    _, cache = layer(inputs(1, 2, 4))
    before = tuple(t.clone() for t in cache)
    layer(inputs(1, 2, 4, seed=2), cache)
    assert_close(tuple(cache), before, rtol=0, atol=0)


def test_two_continuations() -> None:
    """Continues one prefix twice, without the one knowing of the other."""
    layer, x, other = random_layer(), inputs(1, 3, 4), inputs(1, 1, 4, seed=2)
    _, cache = layer(x[:, :2])
    layer(other, cache)
    out, _ = layer(x[:, 2:], cache)
    assert_close(out, by_loops(layer, x)[:, 2:])


def test_two_sequences_in_turns() -> None:
    """Keeps two sequences apart that are written in turns."""
    layer, x, other = random_layer(), inputs(1, 2, 4), inputs(1, 2, 4, seed=2)
    _, cache = layer(x[:, :1])
    layer(other[:, :1])
    out, _ = layer(x[:, 1:], cache)
    assert_close(out, by_loops(layer, x)[:, 1:])


def test_reordered_cache() -> None:
    """Follows a cache whose batch dimension has been reordered."""
    layer, x, new = random_layer(), inputs(2, 2, 4), inputs(2, 1, 4, seed=2)
    _, cache = layer(x)
    out, _ = layer(new, tuple(t.flip(0) for t in cache))
    assert_close(out, by_loops(layer, torch.cat([x.flip(0), new], dim=1))[:, 2:])


def test_large_inputs() -> None:
    """Stays finite for inputs of 1e4."""
    layer, x = random_layer(), 1e4 * inputs(1, 3, 4)
    assert_close(in_chunks(layer, x, (1, 2)), by_loops(layer, x))


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float16, 4e-2), (torch.bfloat16, 3e-1), (torch.float64, 1e-9)])
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Computes in the layer's dtype, in chunks."""
    layer, x = random_layer(dtype), inputs(1, 4, 4).to(dtype)
    got = in_chunks(layer, x, (2, 2))
    assert_close(got, by_loops(layer.double(), x.double()).to(dtype), atol=tolerance, rtol=tolerance)


def test_dtype_of_the_cache() -> None:
    """Keeps the cache in the layer's dtype."""
    layer = random_layer(torch.bfloat16)
    _, (keys, values) = layer(inputs(1, 2, 4).bfloat16())
    assert (keys.dtype, values.dtype) == (torch.bfloat16, torch.bfloat16)


def test_not_contiguous() -> None:
    """Takes inputs whose time comes first in memory."""
    layer, x = random_layer(), inputs(3, 2, 4).transpose(0, 1)
    assert_close(in_chunks(layer, x, (2, 1)), by_loops(layer, x))


def test_gradients() -> None:
    """Sends the gradients of one pass through the cache, to all weights and x."""
    layer, x = random_layer(torch.float64), inputs(1, 3, 4).double().requires_grad_()
    got = torch.autograd.grad(in_chunks(layer, x, (2, 1)).square().sum(), [x, *layer.parameters()])
    assert_close(got, torch.autograd.grad(by_loops(layer, x).square().sum(), [x, *layer.parameters()]))


def test_inputs_unchanged() -> None:
    """Leaves the tokens as they were."""
    layer, x = random_layer(), inputs(1, 2, 4)
    before = x.clone()
    layer(x)
    assert_close(x, before, rtol=0, atol=0)
