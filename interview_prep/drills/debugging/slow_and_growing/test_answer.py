"""A recurrent training loop, compared with a written-out one, using a model that counts what is done to it."""

import functools
import weakref
from typing import ClassVar

import pytest
import torch
from answer import Network, forecast, train
from torch import Tensor, nn
from torch.testing import assert_close


class Counted(torch.autograd.Function):
    """Returns its input unchanged, and counts live graphs and backward steps."""

    alive: ClassVar = weakref.WeakSet()
    back = 0

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
        Counted.alive.add(ctx)
        return x.clone()

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, grad: Tensor) -> Tensor:  # noqa: ARG004, fixed by torch
        Counted.back += 1
        return grad


class Memory(nn.Module):
    """A linear network of one number, not the answer's: state = keep * state + value, guess = out * state."""

    def __init__(self) -> None:
        super().__init__()
        self.keep, self.out = nn.Parameter(torch.tensor(0.7).double()), nn.Parameter(torch.tensor(0.4).double())
        self.steps, self.most_alive, self.grad_steps = 0, 0, 0
        self.gone_back: list[int] = []  # at each step forward
        Counted.alive.clear()
        Counted.back = 0

    def forward(self, value: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        self.steps += 1
        self.grad_steps += torch.is_grad_enabled()
        self.gone_back.append(Counted.back)
        state = Counted.apply(self.keep * (0 if state is None else state) + value)
        if torch.is_grad_enabled():
            self.most_alive = max(self.most_alive, len(Counted.alive))
        return self.out * state, state


class Broken(nn.Module):
    """A model that cannot be run."""

    def forward(self, *_: Tensor | None) -> tuple[Tensor, Tensor]:
        raise ZeroDivisionError


def noise(batch: int, length: int) -> Tensor:
    return torch.randn(batch, length, dtype=torch.float64, generator=torch.Generator().manual_seed(batch + length))


def waves(length: int) -> Tensor:
    return torch.sin(0.9 * torch.arange(length) + torch.tensor([[0.0], [2.0]]))


def by_hand(series: Tensor, epochs: int, chunk: int, lr: float) -> tuple[list[float], list[float]]:
    """Slow and obvious: derivatives by the chain rule, one number at a time -> losses, weights of a Memory."""
    keep, out, losses = 0.7, 0.4, []
    batch, length = series.shape
    for _ in range(epochs):
        total, keep_grad, out_grad = 0.0, 0.0, 0.0
        for b in range(batch):
            state, slope = 0.0, 0.0  # slope: of the state with keep, within the chunk
            for t in range(length - 1):
                slope = 0.0 if t % chunk == 0 else slope
                slope, state = state + keep * slope, keep * state + series[b, t].item()
                error = out * state - series[b, t + 1].item()
                total += error**2
                keep_grad += 2 * error * out * slope
                out_grad += 2 * error * state
        count = batch * (length - 1)
        keep, out = keep - lr * keep_grad / count, out - lr * out_grad / count
        losses.append(total / count)
    return losses, [keep, out]


def guesses_by_hand(series: Tensor, steps: int) -> list[list[float]]:
    """What a new Memory guesses, one series at a time."""
    rows = []
    for values in series.tolist():
        state, row = 0.0, []
        for value in values:
            state = 0.7 * state + value
        for _ in range(steps):
            row.append(0.4 * state)
            state = 0.7 * state + row[-1]
        rows.append(row)
    return rows


@functools.cache
def trained(batch: int, length: int, chunk: int, epochs: int) -> tuple[list[float], list[float]]:
    """What by_hand gives, by the answer."""
    model = Memory()
    losses = train(model, noise(batch, length), epochs=epochs, chunk=chunk, lr=0.1)
    return [float(loss) for loss in losses], [model.keep.item(), model.out.item()]


@functools.cache
def steps_of_two_epochs() -> tuple[int, int]:
    """Forward and back, of 12 values."""
    model = Memory()
    train(model, noise(1, 12), epochs=2, chunk=4, lr=0.01)
    return model.steps, Counted.back


SHAPES = [(1, 2, 3, 1), (1, 9, 4, 3), (3, 8, 3, 2), (2, 5, 1, 2), (1, 30, 20, 2)]  # series, values, chunk, epochs


def test_example_losses() -> None:
    """Returns the losses of the task's example."""
    torch.manual_seed(0)
    losses = train(Network(4), torch.sin(torch.arange(9.0))[None], epochs=3, chunk=4, lr=0.2)
    assert losses == pytest.approx([0.668096, 0.469824, 0.391544], abs=1e-4)


def test_example_forecast() -> None:
    """Returns the forecast of the task's example."""
    torch.manual_seed(0)
    model, series = Network(4), torch.sin(torch.arange(9.0))[None]
    train(model, series, epochs=3, chunk=4, lr=0.2)
    assert_close(forecast(model, series, steps=2).detach(), torch.tensor([[0.2977, 0.0549]]), atol=2e-4, rtol=0)


def test_losses_are_numbers() -> None:
    """Returns the losses as floats, which keep no graph alive."""
    losses = train(Memory(), noise(1, 6), epochs=2, chunk=2, lr=0.1)
    assert [type(loss) for loss in losses] == [float, float]


@pytest.mark.parametrize(("batch", "length", "chunk", "epochs"), SHAPES)
def test_losses(batch: int, length: int, chunk: int, epochs: int) -> None:
    """Reports the losses of the written-out loop."""
    expected, _ = by_hand(noise(batch, length), epochs, chunk, 0.1)
    assert trained(batch, length, chunk, epochs)[0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("batch", "length", "chunk", "epochs"), SHAPES)
def test_weights(batch: int, length: int, chunk: int, epochs: int) -> None:
    """Ends with the loop's weights: gradients stop where a chunk begins."""
    _, expected = by_hand(noise(batch, length), epochs, chunk, 0.1)
    assert trained(batch, length, chunk, epochs)[1] == pytest.approx(expected, abs=1e-6)


def test_rate_of_zero() -> None:
    """Reports the loss over all chunks of the series, even if nothing is learned."""
    expected, _ = by_hand(noise(1, 5), 1, 2, 0.0)
    assert train(Memory(), noise(1, 5), epochs=1, chunk=2, lr=0.0) == pytest.approx(expected, abs=1e-6)


def test_steps_forward() -> None:
    """Runs the model once per value in each epoch."""
    assert steps_of_two_epochs()[0] == 2 * 11


def test_steps_back() -> None:
    """Goes back over each step once, however long the series is."""
    assert steps_of_two_epochs()[1] == 2 * 11


def test_chunk_by_chunk() -> None:
    """Has gone back over a chunk before the next one begins."""
    model = Memory()
    train(model, noise(1, 9), epochs=1, chunk=3, lr=0.01)
    assert model.gone_back == [0, 0, 0, 3, 3, 3, 6, 6]


def test_graphs_alive() -> None:
    """Holds the graphs of at most two chunks at any time, not those of an epoch."""
    model = Memory()
    train(model, noise(1, 14), epochs=1, chunk=3, lr=0.01)
    assert model.most_alive <= 2 * 3


def test_nothing_is_left() -> None:
    """Keeps no graph alive after training."""
    model = Memory()
    losses = train(model, noise(1, 11), epochs=2, chunk=5, lr=0.01)
    assert (model.steps, len(losses), len(Counted.alive)) == (20, 2, 0)  # neither the losses nor the model keep any


@pytest.mark.parametrize(("batch", "length", "steps"), [(1, 1, 1), (1, 6, 4), (3, 5, 3)])
def test_forecast(batch: int, length: int, steps: int) -> None:
    """Continues as the loop does, reading each guess as the next value."""
    series = noise(batch, length)
    expected = torch.tensor(guesses_by_hand(series, steps), dtype=torch.float64)
    assert_close(forecast(Memory(), series, steps).detach(), expected)


def test_forecast_steps() -> None:
    """Runs the model once per value and once per guess."""
    model = Memory()
    forecast(model, noise(1, 9), 5)
    assert model.steps in (13, 14)


def test_forecast_records_nothing() -> None:
    """Forecasts without recording gradients, from the first step on."""
    model = Memory()
    forecast(model, noise(1, 5), 3)
    assert model.grad_steps == 0


def test_forecast_is_clean() -> None:
    """Returns guesses that hold no graph."""
    got = forecast(Memory(), noise(1, 5), 3)
    assert (got.requires_grad, got.grad_fn) == (False, None)


def test_gradients_are_on_afterwards() -> None:
    """Leaves gradients on, so that training can continue after a forecast."""
    forecast(Memory(), noise(1, 5), 3)
    assert torch.is_grad_enabled()


@pytest.mark.edge
def test_gradients_stay_off() -> None:
    """Leaves gradients off if they were off."""
    with torch.no_grad():
        forecast(Memory(), noise(1, 5), 3)
        assert not torch.is_grad_enabled()


@pytest.mark.edge
def test_gradients_are_on_after_an_error() -> None:
    """Leaves gradients on if the model raises an error."""
    with pytest.raises(ZeroDivisionError):
        forecast(Broken(), noise(1, 5), 3)
    assert torch.is_grad_enabled()


@pytest.mark.edge
@pytest.mark.parametrize("training", [True, False])
def test_mode_and_flags_unchanged(*, training: bool) -> None:
    """Leaves the model's mode alone, and which parameters require gradients."""
    model = Memory().train(training)
    model.keep.requires_grad_(False)  # noqa: FBT003, torch's own argument
    train(model, noise(1, 5), epochs=1, chunk=2, lr=0.1)
    forecast(model, noise(1, 5), 3)
    assert (model.training, model.keep.requires_grad, model.out.requires_grad) == (training, False, True)


@pytest.mark.edge
def test_gradients_from_before() -> None:
    """Uses only an epoch's own gradients, whatever the model had before."""
    model = Memory()
    model.keep.grad, model.out.grad = torch.tensor(5.0).double(), torch.tensor(-3.0).double()
    train(model, noise(1, 9), epochs=2, chunk=4, lr=0.1)
    assert [model.keep.item(), model.out.item()] == pytest.approx(by_hand(noise(1, 9), 2, 4, 0.1)[1], abs=1e-6)


@pytest.mark.edge
def test_series_unchanged() -> None:
    """Doesn't modify the series."""
    series = noise(2, 6)
    train(Memory(), series, epochs=1, chunk=2, lr=0.1)
    forecast(Memory(), series, 2)
    assert_close(series, noise(2, 6))


def test_learns() -> None:
    """Learns: the loss of two waves falls to a quarter."""
    torch.manual_seed(0)
    losses = [float(loss) for loss in train(Network(8), waves(9), epochs=12, chunk=4, lr=0.3)]
    assert losses[-1] < losses[0] / 4
