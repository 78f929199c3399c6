"""The loop, compared with plain floats for a linear model, and watched from inside by a model and an optimizer."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from answer import Config, learning_rate, train, validation_loss
from torch import Tensor, nn
from torch.testing import assert_close

Batches = list[tuple[Tensor, Tensor]]
Rows = list[list[float]]


class Probe(nn.Module):
    """Notes the mode of each forward pass and whether gradients are recorded. Counts those in train mode."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[bool, bool]] = []
        self.register_buffer("count", torch.tensor(0))

    def forward(self, x: Tensor) -> Tensor:
        self.seen.append((self.training, torch.is_grad_enabled()))
        self.count += int(self.training)
        return x


class Scale(nn.Module):
    """One number, times the input."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones((), dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.scale


class Table(nn.Module):
    """Its margin for class 0 is the next one of a list after each pass in train mode."""

    def __init__(self, *margins: float) -> None:
        super().__init__()
        self.margins, self.shift = margins, nn.Parameter(torch.tensor(0.0))
        self.register_buffer("count", torch.tensor(0))

    def forward(self, x: Tensor) -> Tensor:
        self.count += int(self.training)
        margin = self.shift + self.margins[int(self.count) - 1]
        return torch.stack([margin, -margin]).expand(len(x), 2)


class Recorder(torch.optim.SGD):
    """Notes the rates and the gradients of each step."""

    def __init__(self, params: Any) -> None:
        super().__init__(params, lr=9.0)
        self.rates: list[float] = []
        self.norms: list[float] = []

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        loss = closure() if closure else None
        gradients = [p.grad for group in self.param_groups for p in group["params"] if p.grad is not None]
        self.norms.append(math.sqrt(sum(g.square().sum().item() for g in gradients)))
        self.rates.extend(group["lr"] for group in self.param_groups)
        super().step()
        return loss


def rate(step: int, total: int, config: Config) -> float:
    """Slow and obvious, from a table of all steps."""
    rising = [config.peak / config.warmup * (i + 1) for i in range(config.warmup)]
    falling = [
        config.peak * math.cos(math.pi / 2 * i / (total - config.warmup)) ** 2 for i in range(total - config.warmup)
    ]
    return (rising + falling)[step]


def softmax(weights: Rows, row: list[float]) -> list[float]:
    """Of a linear model; the last weight of each class is its bias."""
    exps = [math.exp(sum(w * v for w, v in zip(each, [*row, 1.0], strict=True))) for each in weights]
    return [value / sum(exps) for value in exps]


def loss_by_floats(weights: Rows, batches: Batches) -> float:
    pairs = [pair for x, y in batches for pair in zip(x.tolist(), y.tolist(), strict=True)]
    return -sum(math.log(softmax(weights, row)[label]) for row, label in pairs) / len(pairs)


def train_by_floats(weights: Rows, batches: Batches, validation: Batches, config: Config) -> tuple[list[float], Rows]:
    """Plain SGD, one sample and one weight at a time: the losses, and the weights of the best epoch."""
    losses, states = [], [weights]
    for epoch in range(config.epochs):
        for i, (x, y) in enumerate(batches):
            slopes = [[0.0] * len(each) for each in weights]
            for row, label in zip(x.tolist(), y.tolist(), strict=True):
                for c, p in enumerate(softmax(weights, row)):
                    for d, value in enumerate([*row, 1.0]):
                        slopes[c][d] += (p - (c == label)) * value / len(x)
            norm = math.sqrt(sum(value * value for each in slopes for value in each))
            lr = rate(epoch * len(batches) + i, config.epochs * len(batches), config) * min(1.0, config.clip / norm)
            weights = [[w - lr * g for w, g in zip(*pair, strict=True)] for pair in zip(weights, slopes, strict=True)]
        losses.append(loss_by_floats(weights, validation))
        states.append(weights)
    return losses, states[1 + losses.index(min(losses))]


def linear() -> nn.Linear:
    """Two features, two classes, with weights that do not depend on a seed."""
    torch.manual_seed(0)  # for dropout around it
    model = nn.Linear(2, 2).double()
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[0.3, -0.2], [-0.5, 0.4]]))
        model.bias.copy_(torch.tensor([0.1, -0.1]))
    return model


def weights_of(model: nn.Linear) -> Rows:
    return torch.cat([model.weight, model.bias[:, None]], dim=1).tolist()


def data(*sizes: int, turned: bool = False) -> Batches:
    """Batches of these sizes; the label says which feature is larger, or smaller where it is turned."""
    draw = torch.Generator().manual_seed(len(sizes))
    inputs = [2 * torch.randn(size, 2, dtype=torch.float64, generator=draw) for size in sizes]
    return [(x, ((x[:, 0] > x[:, 1]) ^ turned).long()) for x in inputs]


def test_example_rates() -> None:
    """Returns the learning rates of the task's example."""
    config = Config(epochs=3, peak=0.4, warmup=2, clip=1.0)
    assert [learning_rate(step, 6, config) for step in range(6)] == pytest.approx(
        [0.2, 0.4, 0.4, 0.3414, 0.2, 0.0586], abs=1e-4
    )


def test_example() -> None:
    """Returns the losses of the task's example, and keeps the best weights."""
    model = nn.Linear(1, 2)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    batches = [(torch.tensor([[1.0], [-2.0]]), torch.tensor([0, 1])), (torch.tensor([[3.0]]), torch.tensor([0]))]
    validation = [(torch.tensor([[1.0], [-1.0]]), torch.tensor([0, 1])), (torch.tensor([[2.0]]), torch.tensor([1]))]
    config = Config(epochs=3, peak=0.4, warmup=2, clip=1.0)
    got = train(model, torch.optim.SGD(model.parameters()), batches, validation, config)
    assert got == pytest.approx([0.9018, 1.0523, 1.1021], abs=1e-4)
    assert model.weight.flatten().tolist() == pytest.approx([0.4097, -0.4097], abs=1e-4)


@pytest.mark.parametrize(("warmup", "total"), [(0, 5), (1, 4), (3, 10), (4, 4), (0, 1)])
def test_rates(warmup: int, total: int) -> None:
    """Rises during the warm-up, then falls along half a cosine."""
    config = Config(epochs=max(total // 2, 1), peak=3.0, warmup=warmup, clip=1.0)
    got = [learning_rate(step, total, config) for step in range(total)]
    assert got == pytest.approx([rate(step, total, config) for step in range(total)])


@pytest.mark.parametrize("sizes", [(1,), (3,), (3, 3), (4, 4, 1)])
def test_validation_loss(sizes: tuple[int, ...]) -> None:
    """Averages over samples, whatever the sizes of the batches."""
    model, batches = linear(), data(*sizes)
    assert validation_loss(model, batches) == pytest.approx(loss_by_floats(weights_of(model), batches))


def test_validation_without_dropout() -> None:
    """Uses no dropout in validation."""
    model, batches = linear(), data(3, 2)
    expected = loss_by_floats(weights_of(model), batches)
    assert validation_loss(nn.Sequential(nn.Dropout(0.9), model), batches) == pytest.approx(expected)


def test_validation_without_gradients() -> None:
    """Validates in eval mode and records no gradients."""
    probe = Probe()
    validation_loss(nn.Sequential(probe, linear()), data(2, 2))
    assert probe.seen == [(False, False), (False, False)]


@pytest.mark.parametrize("training", [True, False])
def test_validation_leaves_the_mode(training: bool) -> None:
    """Leaves the model in the mode it was in."""
    model = linear().train(training)
    validation_loss(model, data(2))
    assert model.training == training


@pytest.mark.parametrize("clip", [1e9, 0.2])
def test_losses(clip: float) -> None:
    """Returns the losses of a run in plain floats, with and without clipping."""
    model, batches, validation = linear(), data(4, 4, 2), data(3, 2)
    config = Config(epochs=2, peak=0.5, warmup=2, clip=clip)
    expected, _ = train_by_floats(weights_of(model), batches, validation, config)
    got = train(model, torch.optim.SGD(model.parameters()), batches, validation, config)
    assert got == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("turned", [False, True])
def test_weights(turned: bool) -> None:
    """Ends with the weights of the best epoch, whether last or first."""
    model, batches, validation = linear(), data(4, 3), data(3, 2, turned=turned)
    config = Config(epochs=2, peak=0.5, warmup=1, clip=0.5)
    _, expected = train_by_floats(weights_of(model), batches, validation, config)
    train(model, torch.optim.SGD(model.parameters()), batches, validation, config)
    got = weights_of(model)
    assert_close(torch.tensor(got), torch.tensor(expected), rtol=1e-5, atol=1e-6)


def test_best_buffers() -> None:
    """Restores buffers along with the weights of the best epoch."""
    probe = Probe()
    model = nn.Sequential(probe, linear())
    config = Config(epochs=2, peak=0.5, warmup=1, clip=1.0)
    train(model, torch.optim.SGD(model.parameters()), data(4, 3), data(3, 2, turned=True), config)
    assert int(probe.count) == 2


def test_lowest_so_far() -> None:
    """Keeps the lowest loss, not the last one lower than the first."""
    model, batches = Table(0.0, 2.0, 1.0), [(torch.ones(2, 1), torch.tensor([0, 0]))]
    config = Config(epochs=3, peak=1e-6, warmup=1, clip=1.0)
    train(model, torch.optim.SGD(model.parameters()), batches, batches, config)
    assert int(model.count) == 2


@pytest.mark.edge
@pytest.mark.parametrize("better", [1e-2, 1e-5])
def test_slightly_better_epoch(better: float) -> None:
    """Keeps an epoch that is only a little better."""
    model, batches = Table(0.0, 1.0, 1.0 + better, 0.5), [(torch.ones(2, 1), torch.tensor([0, 0]))]
    config = Config(epochs=4, peak=1e-9, warmup=1, clip=1.0)
    train(model, torch.optim.SGD(model.parameters()), batches, batches, config)
    assert int(model.count) == 3


@pytest.mark.edge
def test_validation_leaves_gradients() -> None:
    """Neither clears nor adds gradients in validation."""
    model = linear()
    model(torch.ones(1, 2, dtype=torch.float64)).sum().backward()
    validation_loss(model, data(2, 2))
    got = [None if p.grad is None else p.grad.tolist() for p in model.parameters()]
    assert got == [[[1.0, 1.0], [1.0, 1.0]], [1.0, 1.0]]


@pytest.mark.edge
def test_equal_losses() -> None:
    """Keeps the first of equally good epochs."""
    probe = Probe()
    model = nn.Sequential(probe, linear())
    config = Config(epochs=2, peak=0.0, warmup=1, clip=1.0)
    train(model, torch.optim.SGD(model.parameters()), data(2), data(3), config)
    assert int(probe.count) == 1


@pytest.mark.parametrize("training", [True, False])
def test_modes(training: bool) -> None:
    """Trains in train mode in every epoch, and validates in eval mode after it."""
    probe = Probe()
    model = nn.Sequential(probe, linear()).train(training)
    train(model, torch.optim.SGD(model.parameters()), data(2, 2), data(2), Config(2, 0.1, 1, 1.0))
    assert probe.seen == [(True, True), (True, True), (False, False)] * 2


def test_ends_in_eval_mode() -> None:
    """Leaves the model in eval mode."""
    model = nn.Sequential(nn.Dropout(0.5), linear())
    train(model, torch.optim.SGD(model.parameters()), data(2), data(2), Config(1, 0.1, 0, 1.0))
    assert [module.training for module in model.modules()] == [False, False, False]


def test_rates_of_steps() -> None:
    """Sets the learning rate of every step, across all epochs."""
    model, config = linear(), Config(epochs=2, peak=0.1, warmup=2, clip=1.0)
    optimizer = Recorder(model.parameters())
    train(model, optimizer, data(2, 2), data(2), config)
    assert optimizer.rates == pytest.approx([rate(step, 4, config) for step in range(4)])


def test_rates_of_groups() -> None:
    """Sets the learning rate in every parameter group."""
    model, config = linear(), Config(epochs=1, peak=0.1, warmup=2, clip=1.0)
    optimizer = Recorder([{"params": [model.weight]}, {"params": [model.bias]}])
    train(model, optimizer, data(2, 2), data(2), config)
    assert optimizer.rates == pytest.approx([0.05, 0.05, 0.1, 0.1])


def test_norms() -> None:
    """Scales all gradients together down to a norm of clip."""
    model = nn.Sequential(linear(), linear())
    optimizer = Recorder(model.parameters())
    train(model, optimizer, data(4, 3), data(2), Config(epochs=1, peak=1e-3, warmup=1, clip=1e-2))
    assert optimizer.norms == pytest.approx([1e-2] * 2, rel=1e-3)


@pytest.mark.edge
def test_norm_of_one_parameter() -> None:
    """Clips even if another parameter is frozen and has no gradient."""
    model = linear()
    model.bias.requires_grad = False
    optimizer = Recorder([model.weight])
    train(model, optimizer, data(3), data(2), Config(epochs=1, peak=1e-3, warmup=0, clip=1e-2))
    assert optimizer.norms == pytest.approx([1e-2], rel=1e-3)


@pytest.mark.edge
def test_norm_of_one_number() -> None:
    """Clips the gradient of a single number."""
    model = nn.Sequential(Scale(), linear().requires_grad_(requires_grad=False))
    optimizer = Recorder([model[0].scale])
    train(model, optimizer, data(3), data(2), Config(epochs=1, peak=1e-3, warmup=0, clip=1e-2))
    assert optimizer.norms == pytest.approx([1e-2], rel=1e-3)


@pytest.mark.edge
def test_gradients_left_by_others() -> None:
    """Ignores gradients left over from before the first step."""
    model, batches, validation = linear(), data(4), data(3)
    config = Config(epochs=1, peak=0.5, warmup=0, clip=1e9)
    expected, _ = train_by_floats(weights_of(model), batches, validation, config)
    model(batches[0][0]).square().sum().backward()
    got = train(model, torch.optim.SGD(model.parameters()), batches, validation, config)
    assert got == pytest.approx(expected, rel=1e-5)


def test_optimizer_that_is_given() -> None:
    """Uses the optimizer it is given, here one that goes uphill."""
    model, batches = linear(), data(3)
    before = loss_by_floats(weights_of(model), batches)
    got = train(model, torch.optim.SGD(model.parameters(), maximize=True), batches, batches, Config(1, 0.5, 0, 9.0))
    assert got[0] > before


def test_returns_numbers() -> None:
    """Returns a list with one float per epoch."""
    model = linear()
    got = train(model, torch.optim.SGD(model.parameters()), data(2), data(2), Config(2, 0.1, 0, 1.0))
    assert [isinstance(loss, float) for loss in got] == [True, True]


@pytest.mark.edge
def test_no_epochs() -> None:
    """Returns an empty list if there are no epochs."""
    model = linear()
    assert train(model, torch.optim.SGD(model.parameters()), data(2), data(2), Config(0, 0.1, 0, 1.0)) == []


@pytest.mark.edge
def test_no_epochs_end_in_eval_mode() -> None:
    """Leaves the model in eval mode if there are no epochs."""
    model = linear()
    train(model, torch.optim.SGD(model.parameters()), data(2), data(2), Config(0, 0.1, 0, 1.0))
    assert not model.training


@pytest.mark.edge
def test_no_epochs_change_nothing() -> None:
    """Leaves the weights as they were if there are no epochs."""
    model = linear()
    train(model, torch.optim.SGD(model.parameters()), data(2), data(2), Config(0, 0.1, 0, 1.0))
    got = weights_of(model)
    assert got == weights_of(linear())
