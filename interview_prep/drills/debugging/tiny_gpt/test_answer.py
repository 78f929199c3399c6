"""A GPT, compared with its formulas one head at a time, and tested by what it learns by heart."""

import functools
import math

import pytest
import torch
from answer import GPT, generate, loss_of
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, gelu
from torch.testing import assert_close

NAMES = """
token.weight position.weight
blocks.0.norm_1.weight blocks.0.norm_1.bias blocks.0.norm_2.weight blocks.0.norm_2.bias
blocks.0.attention.query_key_value.weight blocks.0.attention.query_key_value.bias
blocks.0.attention.out.weight blocks.0.attention.out.bias
blocks.0.mlp.0.weight blocks.0.mlp.0.bias blocks.0.mlp.2.weight blocks.0.mlp.2.bias
norm.weight norm.bias head.weight head.bias
"""

LINES = torch.tensor([[0, 3, 3, 3, 4], [1, 4, 4, 5, 4], [2, 5, 3, 5, 3]])


def small(heads: int = 2, layers: int = 1, context: int = 6) -> GPT:
    """A model of 7 tokens and, unless told, 6 positions, with weights large enough that every part of it matters."""
    torch.manual_seed(0)
    model = GPT(vocab=7, context=context, width=8, heads=heads, layers=layers)
    for p in model.parameters():
        nn.init.normal_(p, std=0.7)
    return model


kept = functools.cache(small)  # for checks that do not change it


def random_ids(batch: int, length: int, vocab: int = 7) -> Tensor:
    return torch.randint(vocab, (batch, length), generator=torch.Generator().manual_seed(batch + length))


def norm(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    x = x - x.mean(dim=-1, keepdim=True)
    return x / torch.sqrt((x * x).mean(dim=-1, keepdim=True) + 1e-5) * weight + bias


def attended(x: Tensor, p: dict[str, Tensor], at: str, heads: int) -> Tensor:
    """(B, T, C) -> (B, T, C), one head at a time."""
    width, mixed = x.shape[-1] // heads, []
    parts = (x @ p[at + "query_key_value.weight"].T + p[at + "query_key_value.bias"]).split(width, dim=-1)
    for query, key, value in zip(parts[:heads], parts[heads : 2 * heads], parts[2 * heads :], strict=True):
        weights = torch.exp(query @ key.mT / math.sqrt(width)).tril()
        mixed.append(weights / weights.sum(dim=-1, keepdim=True) @ value)
    return torch.cat(mixed, dim=-1) @ p[at + "out.weight"].T + p[at + "out.bias"]


def by_formulas(model: GPT, ids: Tensor, heads: int = 2, layers: int = 1) -> Tensor:
    """(B, T) -> (B, T, V), with the weights of the model and nothing else of it."""
    p = model.state_dict()
    x = p["token.weight"][ids] + p["position.weight"][: ids.shape[1]]
    for b in (f"blocks.{layer}." for layer in range(layers)):
        x = x + attended(norm(x, p[b + "norm_1.weight"], p[b + "norm_1.bias"]), p, b + "attention.", heads)
        hidden = norm(x, p[b + "norm_2.weight"], p[b + "norm_2.bias"]) @ p[b + "mlp.0.weight"].T
        x = x + gelu(hidden + p[b + "mlp.0.bias"]) @ p[b + "mlp.2.weight"].T + p[b + "mlp.2.bias"]
    return norm(x, p["norm.weight"], p["norm.bias"]) @ p["head.weight"].T + p["head.bias"]


@functools.cache
def taught() -> tuple[GPT, float, float]:
    """A model that has been trained on LINES, one batch, and its loss at first and at last."""
    torch.manual_seed(0)
    model = GPT(vocab=6, context=4, width=32, heads=2, layers=1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03, fused=True)
    losses = []
    for _ in range(7):
        loss = cross_entropy(model(LINES[:, :-1]).flatten(0, 1), LINES[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model, losses[0], losses[-1]


def test_example() -> None:
    """Returns the same logits for a row whatever comes later or is beside it."""
    torch.manual_seed(0)
    model = GPT(vocab=11, context=16)
    alone = model(torch.tensor([[3, 1, 4, 1]]))[0, :3]
    among = model(torch.tensor([[3, 1, 4, 5], [2, 7, 1, 8]]))[0, :3]
    assert_close(alone, among)


@pytest.mark.parametrize(("batch", "length"), [(1, 1), (1, 6), (3, 2)])
def test_logits(batch: int, length: int) -> None:
    """Matches the formulas with two heads."""
    model, ids = kept(), random_ids(batch, length)
    assert_close(model(ids), by_formulas(model, ids), atol=1e-4, rtol=1e-4)


def test_one_head() -> None:
    """Matches the formulas with one head."""
    model, ids = kept(heads=1), random_ids(1, 4)
    assert_close(model(ids), by_formulas(model, ids, heads=1), atol=1e-4, rtol=1e-4)


def test_two_blocks() -> None:
    """Matches the formulas with two blocks of four heads."""
    model, ids = kept(heads=4, layers=2), random_ids(1, 4)
    assert_close(model(ids), by_formulas(model, ids, heads=4, layers=2), atol=1e-4, rtol=1e-4)


def test_usual_size() -> None:
    """Has two blocks of four heads and 32 features unless told otherwise."""
    torch.manual_seed(0)
    model, ids = GPT(vocab=7, context=6), random_ids(1, 4)
    assert_close(model(ids), by_formulas(model, ids, heads=4, layers=2), atol=1e-4, rtol=1e-4)
    assert model.token.weight.shape == (7, 32)


def test_long_row() -> None:
    """Matches the formulas for 40 tokens."""
    model, ids = kept(context=40), random_ids(1, 40)
    assert_close(model(ids), by_formulas(model, ids), atol=1e-4, rtol=1e-4)


@pytest.mark.edge
def test_device() -> None:
    """Runs on the device of its input, here torch's device without data."""
    model, devices = GPT(vocab=7, context=6).to("meta"), []
    model.position.register_forward_pre_hook(lambda _, inputs: devices.append(inputs[0].device.type))
    assert model(random_ids(2, 4).to("meta")).shape == (2, 4, 7)
    assert set(devices) <= {"meta"}


@pytest.mark.edge
def test_huge_scores() -> None:
    """Hides the second token from the first even when scores are minus a million."""
    model, ids = small(), torch.cartesian_prod(torch.arange(7), torch.arange(7))
    with torch.no_grad():
        model.blocks[0].attention.query_key_value.weight[:8] *= -1000  # with these weights, all scores are negative
        model.blocks[0].attention.query_key_value.weight[8:16] *= 1000
    logits = model(ids)[:, 0].view(7, 7, 7)  # (first token, second token, V)
    assert_close(logits, logits[:, :1].expand(7, 7, 7))


@pytest.mark.edge
def test_float64() -> None:
    """Matches the formulas to nine digits in float64."""
    model, ids = small().double(), random_ids(2, 3)
    assert_close(model(ids), by_formulas(model, ids), atol=1e-9, rtol=1e-9)


def test_later_tokens() -> None:
    """Changes no logits before a token that is replaced."""
    model, ids = kept(), random_ids(5, 6)
    other = ids.clone()
    other[range(5), range(1, 6)] = (ids[range(5), range(1, 6)] + 1) % 7
    before = torch.ones(5, 6, dtype=torch.bool).tril()  # row r has another token at r + 1
    assert_close(model(other)[before], model(ids)[before])


def test_earlier_tokens() -> None:
    """Lets every token up to its own matter for the last logits."""
    model, ids = kept(), random_ids(1, 5)
    others = ids.repeat(5, 1)
    others[range(5), range(5)] = (ids[0] + 1) % 7
    moved = (model(others)[:, -1] - model(ids)[:, -1]).abs().amax(dim=-1)
    assert (moved > 1e-3).tolist() == [True] * 5


def test_rows_are_apart() -> None:
    """Returns the same logits for a row in a batch as for the row alone."""
    model, ids = kept(), random_ids(2, 4)
    assert_close(model(ids), torch.cat([model(row[None]) for row in ids]), atol=1e-4, rtol=1e-4)


def test_batch_larger_than_context() -> None:
    """Accepts more rows than the model has positions."""
    model, ids = kept(), random_ids(7, 2)
    assert_close(model(ids), by_formulas(model, ids), atol=1e-4, rtol=1e-4)


def test_positions_differ() -> None:
    """Tells equal tokens apart by their position."""
    logits = kept()(torch.full((1, 4), 3))[0]
    assert ((logits[1:] - logits[:-1]).abs().amax(dim=-1) > 1e-2).tolist() == [True] * 3


def test_blocks_that_add_nothing() -> None:
    """Passes token and position through when attention and MLP return zero."""
    model, ids = small(), random_ids(2, 4)
    for layer in (model.blocks[0].attention.out, model.blocks[0].mlp[2]):
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
    x = model.token.weight[ids] + model.position.weight[:4]
    assert_close(model(ids), model.head(model.norm(x)), atol=1e-4, rtol=1e-4)


def test_attention_that_adds_nothing() -> None:
    """Tells tokens apart when attention returns zero."""
    model = small()
    nn.init.zeros_(model.blocks[0].attention.out.weight)
    logits = model(torch.arange(6)[:, None])[:, 0]
    assert ((logits[1:] - logits[:-1]).abs().amax(dim=-1) > 1e-2).tolist() == [True] * 5


@pytest.mark.edge
def test_order_of_parameters() -> None:
    """Keeps the order of all parameters, which an optimizer's state depends on."""
    assert [name for name, _ in kept().named_parameters()] == NAMES.split()


def test_checkpoints() -> None:
    """Keeps the names of all parameters."""
    assert {name for name, _ in kept().named_parameters()} == set(NAMES.split())


@pytest.mark.parametrize(("batch", "length"), [(1, 2), (2, 4)])
def test_loss(batch: int, length: int) -> None:
    """Averages the loss over every token but the first, given those before it."""
    model, ids = kept(), random_ids(batch, length)
    shares = by_formulas(model, ids)[:, :-1].log_softmax(dim=-1)
    assert_close(loss_of(model, ids), -shares.gather(-1, ids[:, 1:, None]).mean(), atol=1e-4, rtol=1e-4)


def test_loss_of_certainty() -> None:
    """Returns a loss near 0 if the model is confident and right."""
    model = small()
    nn.init.zeros_(model.head.weight)
    model.head.bias.data = torch.tensor([0.0, 30, 0, 0, 0, 0, 0])
    assert_close(loss_of(model, torch.ones(2, 4, dtype=torch.long)), torch.tensor(0.0))


def test_gradients() -> None:
    """Passes a gradient to every parameter."""
    names, parameters = zip(*kept().named_parameters(), strict=True)
    grads = torch.autograd.grad(loss_of(kept(), random_ids(3, 6)), parameters, allow_unused=True)
    assert [name for name, grad in zip(names, grads, strict=True) if grad is None or not grad.abs().max() > 0] == []


def test_overfits_one_batch() -> None:
    """Learns without looking ahead: the loss on one batch falls to a tenth."""
    _, before, after = taught()
    assert after < before / 10


def test_says_what_it_learned() -> None:
    """Continues each learned line from its first token, on its own."""
    model, _, _ = taught()
    said = torch.cat([generate(model, line[None, :1], 4) for line in LINES])
    assert_close(said, LINES)


def test_generate() -> None:
    """Appends the most likely tokens, even beyond the context."""
    model, ids = kept(), random_ids(2, 6)
    expected = ids
    for _ in range(2):
        best = model(expected[:, -6:])[:, -1].argmax(dim=-1, keepdim=True)
        expected = torch.cat([expected, best], dim=1)
    assert_close(generate(model, ids, 2), expected)


def test_generate_nothing() -> None:
    """Returns the prompt itself if count is 0."""
    ids = random_ids(2, 3)
    assert_close(generate(kept(), ids, 0), ids)


def test_generate_records_nothing() -> None:
    """Generates without recording gradients."""
    recorded, model = [], small()
    model.register_forward_hook(lambda *_: recorded.append(torch.is_grad_enabled()))
    generate(model, random_ids(1, 2), 1)
    assert recorded == [False]


@pytest.mark.edge
def test_ids_unchanged() -> None:
    """Doesn't modify the ids."""
    model, ids = kept(), random_ids(2, 4)
    loss_of(model, ids)
    generate(model, ids, 2)
    assert_close(ids, random_ids(2, 4))
