"""The block against a loop over tokens, with softmax, norms and GELU written out."""

import functools
import math

import pytest
import torch
from answer import Block
from torch import Tensor, nn
from torch.testing import assert_close


def assert_near(got: Tensor | tuple[Tensor, ...], expected: Tensor | tuple[Tensor, ...]) -> None:
    """As close as float32 allows, because many answers take the softmax in float32, whatever the rest is in."""
    assert_close(got, expected, atol=1e-5, rtol=1e-5)


def normed(layer: nn.LayerNorm, rows: Tensor) -> Tensor:
    centered = rows - rows.mean(-1, keepdim=True)
    return centered / (centered.square().mean(-1, keepdim=True) + layer.eps).sqrt() * layer.weight + layer.bias


def linear(layer: nn.Linear, rows: Tensor) -> Tensor:
    return rows @ layer.weight.T + layer.bias


def gelu(rows: Tensor) -> Tensor:
    return rows / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (rows + 0.044715 * rows**3)))


def by_loops(block: Block, x: Tensor, heads: int = 2) -> Tensor:
    """Slow and obvious: one token at a time, which sees what came before it. (B, T, D) -> (B, T, D)."""
    thirds = linear(block.qkv, normed(block.norm_1, x)).chunk(3, dim=-1)
    queries, keys, values = (torch.stack(third.chunk(heads, dim=-1), dim=1) for third in thirds)  # (B, H, T, d)
    tokens = []
    for t, query in enumerate(queries.split(1, dim=2)):
        scores = query @ keys[:, :, : t + 1].mT / math.sqrt(query.shape[-1])
        weights = torch.exp(scores - scores.amax(-1, keepdim=True))
        tokens.append(weights / weights.sum(-1, keepdim=True) @ values[:, :, : t + 1])
    joined = torch.cat(torch.cat(tokens, dim=2).unbind(1), dim=-1)
    after = x + linear(block.out, joined)
    return after + linear(block.down, gelu(linear(block.up, normed(block.norm_2, after))))


def random_block(width: int, heads: int, dropout: float = 0.0) -> Block:
    """All parameters are random, those of the norms too; float64, in train mode, without gradients."""
    block = Block(width, heads, dropout).double().requires_grad_(requires_grad=False)
    numbers = torch.randn(12 * width**2 + 13 * width, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    nn.utils.vector_to_parameters(0.7 * numbers, block.parameters())
    return block


kept = functools.cache(random_block)  # for checks that do not change it


def random_input(*shape: int) -> Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def silence(layer: nn.Linear) -> None:
    layer.weight.data.zero_()
    layer.bias.data.zero_()


def test_example() -> None:
    """Matches the example in the task."""
    block = Block(width=4, heads=2)
    for p in block.parameters():
        p.data = torch.linspace(-0.5, 0.5, p.numel()).view_as(p)
    x = torch.tensor([[[1.0, 2.0, 3.0, 4.0], [4.0, 0.0, -1.0, 1.0]]])
    expected = torch.tensor([[[-2.1668, 1.2921, 4.7509, 8.2098], [2.0639, -0.5069, -0.0778, 3.3514]]])
    assert_close(block(x).detach(), expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize(("width", "heads"), [(4, 4), (6, 3)])
def test_heads(width: int, heads: int) -> None:
    """Agrees with loops for several heads, of size 1 and of size 2."""
    block, x = random_block(width, heads), random_input(1, 3, width)
    assert_near(block(x), by_loops(block, x, heads))


def test_batch() -> None:
    """Keeps the sequences of a batch separate."""
    block, x = kept(4, 2), random_input(3, 2, 4)
    assert_near(block(x), by_loops(block, x))


def test_one_token() -> None:
    """Works for a single token."""
    block, x = kept(4, 2), random_input(1, 1, 4)
    assert_near(block(x), by_loops(block, x))


def test_long_sequence() -> None:
    """Has no maximum length and forgets nothing."""
    block, x = kept(4, 2), random_input(1, 80, 4)
    assert_near(block(x), by_loops(block, x))


def test_prefix() -> None:
    """Gives the first tokens the same result whatever follows."""
    block, x = kept(4, 2), random_input(2, 4, 4)
    assert_near(block(x)[:, :2], block(x[:, :2]))


def test_no_gradient_from_the_future() -> None:
    """Doesn't let a token depend on a later one."""
    block, x = kept(4, 2), random_input(1, 3, 4).requires_grad_()
    got = torch.autograd.grad(block(x)[0, 1].sum(), x)[0][0, 2]
    assert_close(got, torch.zeros(4, dtype=torch.float64), rtol=0, atol=0)


def test_depends_on_the_past() -> None:
    """Lets the last token depend on the first."""
    block, x = kept(4, 2), random_input(1, 3, 4)
    other = x.clone()
    other[0, 0] += torch.tensor([1.0, -1.0, 0.5, 0.0], dtype=torch.float64)
    assert_near(block(other)[0, 2], by_loops(block, other)[0, 2])


def test_only_residuals() -> None:
    """Returns x itself if both branches give 0: there's no norm on the residual."""
    block, x = random_block(4, 2), random_input(2, 3, 4)
    silence(block.out)
    silence(block.down)
    assert_near(block(x), x)


def test_zero_input() -> None:
    """Works for an x of zeros if the attention gives 0."""
    block, x = random_block(4, 2), torch.zeros(1, 2, 4, dtype=torch.float64)
    silence(block.out)
    assert_near(block(x), by_loops(block, x))


def test_normed_input() -> None:
    """Adds the MLP to an x that is already normalized."""
    block, x = random_block(2, 1), torch.tensor([[[1.0, -1.0], [-1.0, 1.0]]], dtype=torch.float64)
    silence(block.out)
    for norm in (block.norm_1, block.norm_2):
        norm.eps = 0.0
        norm.reset_parameters()
    assert_near(block(x), by_loops(block, x, heads=1))


def test_equal_values() -> None:
    """Has weights that sum to 1, so equal values stay as they are."""
    block, x = random_block(4, 2), random_input(1, 2, 4)
    block.qkv.weight.data[8:] = 0
    assert_near(block(x), by_loops(block, x))


def test_only_attention() -> None:
    """Adds the attention to x if the MLP gives 0."""
    block, x = random_block(4, 2), random_input(1, 3, 4)
    silence(block.down)
    assert_near(block(x), by_loops(block, x))


def test_only_mlp() -> None:
    """Adds the MLP to x if the attention gives 0."""
    block, x = random_block(4, 2), random_input(1, 2, 4)
    silence(block.out)
    assert_near(block(x), by_loops(block, x))


@pytest.mark.edge
def test_large_scores() -> None:
    """Stays finite when scores are huge."""
    block, x = random_block(4, 2), random_input(1, 2, 4)
    block.qkv.weight.data *= 1e4
    assert_near(block(x), by_loops(block, x))


@pytest.mark.edge
def test_large_inputs() -> None:
    """Keeps inputs of 1e4 on the residual."""
    block, x = kept(4, 2), 1e4 * random_input(1, 2, 4)
    assert_near(block(x), by_loops(block, x))


@pytest.mark.edge
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-4), (torch.float16, 3e-2), (torch.bfloat16, 2e-1)])
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Works in the dtype that the block was moved to."""
    block, x = random_block(4, 2).to(dtype), random_input(1, 2, 4).to(dtype)
    got = block(x)
    expected = by_loops(block.double(), x.double()).to(dtype)
    assert_close(got, expected, atol=tolerance, rtol=tolerance)


@pytest.mark.edge
def test_device() -> None:
    """Creates new tensors on x's device."""
    got = Block(4, 2).to("meta")(torch.zeros(1, 3, 4, device="meta"))
    assert (got.device.type, got.shape) == ("meta", (1, 3, 4))


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Accepts an input with time before batch in memory."""
    block, x = kept(4, 2), random_input(2, 2, 4).transpose(0, 1)
    assert_near(block(x), by_loops(block, x))


@pytest.mark.edge
def test_gradients() -> None:
    """Matches the loops' gradients for all parameters and x."""
    block, x = random_block(4, 2), random_input(1, 2, 4).requires_grad_()
    leaves = [x, *block.requires_grad_().parameters()]
    expected = torch.autograd.grad(by_loops(block, x).square().sum(), leaves)
    got = torch.autograd.grad(block(x).square().sum(), leaves)
    assert_near(got, expected)


@pytest.mark.edge
def test_input_unchanged() -> None:
    """Leaves x unchanged."""
    block, x = kept(4, 2), random_input(2, 3, 4)
    block(x)
    assert_close(x, random_input(2, 3, 4), rtol=0, atol=0)


def test_dropout_of_branches() -> None:
    """Drops out branches, never the residual: with p = 1, x is left."""
    block, x = random_block(4, 2, dropout=1.0), random_input(2, 3, 4)
    assert_near(block(x), x)


def test_places_of_dropout() -> None:
    """Calls the dropout module twice, once on each branch's result."""
    block, sizes = random_block(4, 2), []
    block.dropout.register_forward_hook(lambda _module, inputs, _output: sizes.append(inputs[0].numel()))
    block(random_input(1, 3, 4))
    assert sizes == [12, 12]


def test_no_dropout_in_eval_mode() -> None:
    """Drops nothing in eval mode."""
    block, x = random_block(4, 2, dropout=0.9).eval(), random_input(1, 2, 4)
    assert_near(block(x), by_loops(block, x))


@pytest.mark.parametrize(("width", "heads"), [(4, 3), (2, 4)])
def test_heads_that_do_not_divide(width: int, heads: int) -> None:
    """Raises ValueError if heads doesn't divide width."""
    with pytest.raises(ValueError):  # noqa: PT011, any message will do
        Block(width, heads)


@pytest.mark.edge
def test_state() -> None:
    """Has the parameters of the six layers in its state, and nothing else."""
    layers = ["down", "norm_1", "norm_2", "out", "qkv", "up"]
    assert sorted(Block(4, 2).state_dict()) == [f"{layer}.{kind}" for layer in layers for kind in ("bias", "weight")]


@pytest.mark.edge
@pytest.mark.parametrize("name", ["down", "dropout", "norm_1", "norm_2", "out", "qkv", "up"])
def test_given_layers(name: str) -> None:
    """Keeps the given layers and their settings."""
    given = {"down": nn.Linear(16, 4), "up": nn.Linear(4, 16), "qkv": nn.Linear(4, 12), "out": nn.Linear(4, 4)}
    given |= {"norm_1": nn.LayerNorm(4), "norm_2": nn.LayerNorm(4), "dropout": nn.Dropout(0.1)}
    assert str(getattr(Block(4, 2, 0.1), name)) == str(given[name])
