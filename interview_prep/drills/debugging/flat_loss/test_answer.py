"""A training loop, compared with a written-out one and tested by what it learns."""

import functools
import inspect
from itertools import pairwise

import numpy as np
import pytest
import torch
from answer import Classifier, batches, train, warmup
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.testing import assert_close


def linear(features: int = 1, classes: int = 2) -> nn.Linear:
    """A model that is not the answer's, all zeros."""
    model = nn.Linear(features, classes)
    for p in model.parameters():
        nn.init.zeros_(p)
    return model


def numbered(rows: int) -> tuple[Tensor, Tensor]:
    """Rows that say which they are, in the input and in the target."""
    return torch.arange(rows, dtype=torch.float32)[:, None].repeat(1, 2), torch.arange(rows)


def clouds(rows: int, seed: int) -> tuple[Tensor, Tensor]:
    """Points around three corners, sorted by corner."""
    labels = torch.arange(3).repeat_interleave(rows // 3)
    noise = 0.4 * torch.randn(len(labels), 2, generator=torch.Generator().manual_seed(seed))
    return torch.tensor([[2.0, 0], [-1, 2], [-1, -2]])[labels] + noise, labels


def by_hand(model: nn.Linear, sizes: list[list[int]], lr: float, warm: int, scale: float = 1.0) -> list[float]:
    """Slow and obvious, for rows that are all x = scale * [1, 2], y = 2. Sizes of the batches: of each epoch."""
    x, y, step, losses = scale * torch.tensor([[1.0, 2.0]]), torch.tensor([2]), 0, []
    speeds = [torch.zeros_like(p) for p in model.parameters()]
    for epoch in sizes:
        total = 0.0
        for size in epoch:
            loss = cross_entropy(model(x), y)
            for p, speed, grad in zip(
                model.parameters(), speeds, torch.autograd.grad(loss, list(model.parameters())), strict=True
            ):
                speed.mul_(0.9).add_(grad)
                p.data -= lr * min(1, (step + 1) / warm) * speed
            step, total = step + 1, total + loss.item() * size
        losses.append(total / sum(epoch))
    return losses


@functools.cache
def in_both_ways(rows: int, size: int, epochs: int, warm: int) -> list[tuple[list[float], Tensor]]:
    """Losses and weights of the answer and of the written-out loop."""
    sizes = [[min(size, rows - at) for at in range(0, rows, size)]] * epochs
    inputs, targets = torch.tensor([[1.0, 2.0]]).repeat(rows, 1), torch.full((rows,), 2)
    model, expected = linear(2, 3), linear(2, 3)
    losses = train(model, inputs, targets, epochs=epochs, size=size, lr=0.3, warm=warm)
    return [(losses, model.weight.data), (by_hand(expected, sizes, 0.3, warm), expected.weight.data)]


@functools.cache
def trained() -> tuple[Classifier, list[float]]:
    torch.manual_seed(0)
    model = Classifier(2, 8, 3)
    return model, train(model, *clouds(60, 0), epochs=4, size=15, lr=0.2, warm=4)


def test_example_loss() -> None:
    """Reports the mean loss over the two steps of the task's example."""
    losses = train(linear(), torch.ones(2, 1), torch.tensor([0, 0]), epochs=1, size=1, lr=1.0, warm=2)
    assert losses == pytest.approx([0.503204], abs=1e-5)


def test_example_weights() -> None:
    """Ends with the weights of the task's example."""
    model = linear()
    train(model, torch.ones(2, 1), torch.tensor([0, 0]), epochs=1, size=1, lr=1.0, warm=2)
    assert_close(model.weight.data, torch.tensor([[0.9689], [-0.9689]]), atol=1e-4, rtol=0)


def test_example_warmup() -> None:
    """Warms up as in the task's example."""
    assert [warmup(step, 4) for step in range(6)] == pytest.approx([0.25, 0.5, 0.75, 1.0, 1.0, 1.0])


def test_long_warmup() -> None:
    """Starts a long warm-up as low as it should."""
    assert [warmup(step, 1000) for step in (0, 1, 9)] == pytest.approx([0.001, 0.002, 0.01])


def test_no_warmup() -> None:
    """Uses the full rate from the first step if the warm-up is one step long."""
    assert [warmup(step, 1) for step in range(3)] == pytest.approx([1.0, 1.0, 1.0])


@pytest.mark.parametrize(("rows", "size"), [(10, 4), (12, 4), (3, 5), (4, 1), (1, 1)])
def test_rows_keep_their_targets(rows: int, size: int) -> None:
    """Yields each row with its own target."""
    parts = list(batches(*numbered(rows), size, torch.Generator().manual_seed(0)))
    assert_close(torch.cat([x for x, _ in parts])[:, 0].long(), torch.cat([y for _, y in parts]))


@pytest.mark.parametrize(("rows", "size"), [(10, 4), (12, 4), (3, 5)])
def test_every_row_once(rows: int, size: int) -> None:
    """Yields every row once, in full batches and then the rest."""
    parts = list(batches(*numbered(rows), size, torch.Generator().manual_seed(0)))
    assert [len(y) for _, y in parts] == [min(size, rows - at) for at in range(0, rows, size)]
    assert torch.cat([y for _, y in parts]).sort().values.tolist() == list(range(rows))


@pytest.mark.parametrize("rows", [40, 100])
def test_shuffles(rows: int) -> None:
    """Shuffles rows: hardly any row still follows its old neighbor."""
    order = torch.cat([y for _, y in batches(*numbered(rows), 8, torch.Generator().manual_seed(0))]).tolist()
    assert sum((after - before) % rows == 1 for before, after in pairwise(order)) < rows / 5


def test_shuffles_anew() -> None:
    """Draws a different order the next time, from the same generator."""
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.cat([y for _, y in batches(*numbered(40), 8, generator)]).tolist() for _ in range(2))
    assert (first == second, sorted(first) == sorted(second)) == (False, True)


@pytest.mark.parametrize("batch", [1, 3])
def test_logits(batch: int) -> None:
    """Returns out(relu(hidden(x))), which may be negative or large."""
    torch.manual_seed(0)
    model, x = Classifier(4, 6, 3), 5 * torch.randn(batch, 4)
    hidden = (x @ model.hidden.weight.T + model.hidden.bias).clamp(min=0)
    assert_close(model(x), hidden @ model.out.weight.T + model.out.bias)


CASES = pytest.mark.parametrize(
    ("rows", "size", "epochs", "warm"), [(1, 1, 3, 1), (5, 2, 3, 4), (6, 3, 2, 9), (2, 4, 4, 2)]
)


@CASES
def test_losses(rows: int, size: int, epochs: int, warm: int) -> None:
    """Reports the same losses as the written-out loop."""
    got, expected = in_both_ways(rows, size, epochs, warm)
    assert got[0] == pytest.approx(expected[0], abs=1e-5)


def test_plain_losses() -> None:
    """Reports one number per epoch."""
    losses = train(linear(), torch.ones(4, 1), torch.tensor([0, 1, 0, 1]), epochs=3, size=2, lr=0.1, warm=1)
    assert np.shape(losses) == (3,)


@CASES
def test_weights(rows: int, size: int, epochs: int, warm: int) -> None:
    """Ends with the same weights as the written-out loop."""
    got, expected = in_both_ways(rows, size, epochs, warm)
    assert_close(got[1], expected[1])


def test_rate_of_zero() -> None:
    """Reports the loss of rows with their own targets if nothing is learned."""
    torch.manual_seed(0)
    model, (inputs, targets) = Classifier(2, 4, 3), clouds(9, 1)
    expected = sum(cross_entropy(model(x[None]), y[None]).item() for x, y in zip(inputs, targets, strict=True)) / 9
    assert train(model, inputs, targets, epochs=2, size=4, lr=0.0) == pytest.approx([expected, expected], abs=1e-5)


def test_reports_a_loss_that_rises() -> None:
    """Reports a loss that rises because the learning rate is too high."""
    inputs, targets = torch.ones(4, 1), torch.tensor([0, 0, 0, 1])
    losses = train(linear(), inputs, targets, epochs=4, size=4, lr=1.0, warm=1)
    assert [after > before for before, after in pairwise(losses)] == [False, True, True]


def test_every_parameter_moves() -> None:
    """Changes every weight and every bias."""
    torch.manual_seed(0)
    model = trained()[0]
    torch.manual_seed(0)
    before = Classifier(2, 8, 3)
    moved = [not torch.equal(p, q) for p, q in zip(model.parameters(), before.parameters(), strict=True)]
    assert moved == [True] * 4


def test_loss_falls() -> None:
    """Learns: the last epoch's loss is a fifth of the first one's."""
    losses = trained()[1]
    assert losses[-1] < losses[0] / 5


def test_new_points() -> None:
    """Gets 95 of 100 new points right."""
    model, (inputs, targets) = trained()[0], clouds(300, 1)
    assert (model(inputs).argmax(dim=1) == targets).float().mean().item() >= 0.95


def test_overfits_one_batch() -> None:
    """Memorizes eight random labels."""
    torch.manual_seed(0)
    model, inputs, targets = Classifier(4, 32, 4), torch.randn(8, 4), torch.randint(4, (8,))
    losses = train(model, inputs, targets, epochs=16, size=8, lr=1.0, warm=3)
    assert losses[-1] < 0.02


@pytest.mark.edge
def test_same_seed() -> None:
    """Reports the same losses again with the same seed."""
    inputs, targets = clouds(12, 2)
    again = [train(linear(2, 3), inputs, targets, epochs=2, size=5, seed=7) for _ in range(2)]
    assert again[0] == again[1]


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Doesn't modify inputs or targets."""
    inputs, targets = clouds(12, 2)
    train(linear(2, 3), inputs, targets, epochs=1, size=5)
    assert_close((inputs, targets), clouds(12, 2))


@pytest.mark.edge
def test_large_gradients() -> None:
    """Uses the whole gradient in each step, however large."""
    model, expected = linear(2, 3), linear(2, 3)
    train(model, torch.tensor([[200.0, 400.0]]), torch.tensor([2]), epochs=1, size=1, lr=0.3, warm=1)
    by_hand(expected, [[1]], 0.3, 1, scale=200.0)
    assert_close(model.weight.data, expected.weight.data)


@pytest.mark.edge
def test_large_losses() -> None:
    """Reports even a loss of 200 as it is."""
    model = linear()
    model.bias.data[0] = 200.0
    assert train(model, torch.ones(1, 1), torch.tensor([1]), epochs=1, lr=0.0) == pytest.approx([200.0])


@pytest.mark.edge
def test_another_seed() -> None:
    """Draws a different order with a different seed."""
    inputs, targets = clouds(12, 2)
    losses = [train(linear(2, 3), inputs, targets, epochs=1, size=2, lr=0.5, warm=1, seed=seed) for seed in (0, 1)]
    assert losses[0] != losses[1]


@pytest.mark.edge
def test_global_generator() -> None:
    """Leaves torch's global generator alone."""
    torch.manual_seed(5)
    model, before = linear(2, 3), torch.get_rng_state()
    train(model, *clouds(12, 2), epochs=1, size=5, seed=7)
    assert_close(torch.get_rng_state(), before, rtol=0, atol=0)


@pytest.mark.edge
def test_default_settings() -> None:
    """Keeps the default settings of the training."""
    parameters = inspect.signature(train).parameters.values()
    got = {each.name: each.default for each in parameters if each.default is not each.empty}
    assert got == {"epochs": 10, "size": 16, "lr": 0.05, "warm": 50, "seed": 0}
