"""An interrupted run, compared with the same run uninterrupted: equal, not just close. No file is written."""

import copy
import functools
import io

import pytest
import torch
from answer import Run, begin, load, save, train
from torch import Tensor, nn
from torch.nn.functional import mse_loss
from torch.testing import assert_close


def data() -> tuple[Tensor, Tensor]:
    inputs = torch.randn(8, 3, generator=torch.Generator().manual_seed(1))
    return inputs, inputs[:, :1] - 2 * inputs[:, 1:2] + 0.5


def whole(until: int) -> Run:
    """Uninterrupted."""
    run = begin(*data(), seed=0)
    train(run, until, size=4)
    return run


def resumed(state: dict, until: int) -> Run:
    """A new run with another seed, loaded with the state and trained on."""
    run = begin(*data(), seed=99)
    load(run, state)
    train(run, until, size=4)
    return run


def bits(run: Run) -> tuple[int, list[float], list[float]]:
    """Finished epochs, their losses and all weights."""
    return run.epoch, run.losses, nn.utils.parameters_to_vector(run.model.parameters()).tolist()


@functools.cache
def expected(until: int) -> tuple[int, list[float], list[float]]:
    return bits(whole(until))


@functools.cache
def saved(epochs: int) -> dict:
    return copy.deepcopy(save(whole(epochs)))


def state_at(epochs: int) -> dict:
    """Saved when so many epochs were finished."""
    return copy.deepcopy(saved(epochs))


@functools.cache
def gone_on(stop: int, until: int) -> Run:
    """Saved after `stop` epochs and resumed; nobody changes it anymore."""
    return resumed(state_at(stop), until)


@functools.cache
def went_on() -> tuple[Run, dict, list[Tensor]]:
    """A run that went on after its first epoch, the state that was saved before, and the momentum then."""
    run = whole(1)
    state, at_save = save(run), [each.clone() for each in momentum(run)]
    train(run, 2, size=4)
    return run, state, at_save


def next_draws(run: Run) -> tuple[Tensor, Tensor]:
    """What shuffles and what drops out next."""
    return torch.randperm(9, generator=run.order), torch.rand(4)


@functools.cache
def before_and_after() -> list[tuple[list[Tensor], tuple[Tensor, Tensor]]]:
    """Momentum and next draws of a run when it was saved, and of the run that is resumed from it."""
    run = whole(1)
    state = save(run)
    before = momentum(run), next_draws(run)
    again = resumed(state, 0)
    return [before, (momentum(again), next_draws(again))]


@functools.cache
def saved_before_it_went_on() -> Run:
    return resumed(went_on()[1], 0)


def by_hand(inputs: Tensor, targets: Tensor, epochs: int, size: int) -> tuple[int, list[float], list[float]]:
    """A run that is written out, with seed 5 and momentum as plain tensors."""
    torch.manual_seed(5)
    order = torch.Generator().manual_seed(5)
    model = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 1))
    speed, losses = [torch.zeros_like(p) for p in model.parameters()], []
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(inputs), generator=order).split(size):
            loss = mse_loss(model(inputs[rows]), targets[rows])
            for p, v, grad in zip(
                model.parameters(), speed, torch.autograd.grad(loss, model.parameters()), strict=True
            ):
                v.mul_(0.9).add_(grad)
                p.data.sub_(0.02 * 0.5 ** (epoch // 2) * v)
            total += loss.item() * len(rows)
        losses.append(total / len(inputs))
    return epochs, losses, nn.utils.parameters_to_vector(model.parameters()).tolist()


def strange(value: object) -> list[str]:
    """The types within the state that torch.load(weights_only=True) would not take."""
    if isinstance(value, dict):
        return [name for each in (*value, *value.values()) for name in strange(each)]
    if isinstance(value, list | tuple | set):
        return [name for each in value for name in strange(each)]
    return [] if isinstance(value, int | float | str | Tensor | None) else [type(value).__name__]


def momentum(run: Run) -> list[Tensor]:
    return [run.optimizer.state[p]["momentum_buffer"] for p in run.model.parameters() if run.optimizer.state[p]]


def test_example() -> None:
    """Has the losses of an uninterrupted run, as in the task's example."""
    assert gone_on(2, 3).losses == expected(3)[1]


@pytest.mark.parametrize(("stop", "until"), [(0, 1), (1, 2), (2, 3)])
def test_weights(stop: int, until: int) -> None:
    """Ends with the weights of an uninterrupted run, bit for bit."""
    got = bits(gone_on(stop, until))[2]
    assert got == expected(until)[2]


@pytest.mark.parametrize("stop", [0, 1])
def test_epoch(stop: int) -> None:
    """Continues with the first unfinished epoch."""
    assert gone_on(stop, 0).epoch == stop


def test_as_many_losses_as_epochs() -> None:
    """Has one loss per epoch, including those before the interruption."""
    run = gone_on(1, 2)
    assert (run.epoch, len(run.losses)) == (2, 2)


def test_momentum() -> None:
    """Restores the momentum of the saved run."""
    (expected, _), (got, _) = before_and_after()
    assert_close(got, expected, rtol=0, atol=0)


@pytest.mark.parametrize(("stop", "until"), [(1, 0), (1, 2), (2, 3)])
def test_rate(stop: int, until: int) -> None:
    """Has the learning rate of an uninterrupted run, now and later."""
    run = gone_on(stop, until)
    assert run.optimizer.param_groups[0]["lr"] == pytest.approx(0.02 * 0.5 ** (max(stop, until) // 2))


def test_schedule_and_optimizer() -> None:
    """Loads so that the run's schedule adjusts the run's optimizer."""
    run = gone_on(1, 2)
    assert run.schedule.optimizer is run.optimizer


def test_order() -> None:
    """Shuffles as the saved run would have."""
    (_, (expected, _)), (_, (got, _)) = before_and_after()
    assert_close(got, expected)


def test_dropout() -> None:
    """Draws dropout as the saved run would have."""
    (_, (_, expected)), (_, (_, got)) = before_and_after()
    assert_close(got, expected)


def test_saved_run_goes_on() -> None:
    """Saves weights that don't change while the saved run keeps training."""
    assert bits(saved_before_it_went_on())[2] == expected(1)[2]


def test_losses_of_a_saved_run_that_goes_on() -> None:
    """Saves losses that don't change while the saved run keeps training."""
    assert saved_before_it_went_on().losses == expected(1)[1]


def test_momentum_of_a_saved_run_that_goes_on() -> None:
    """Saves momentum that doesn't change while the saved run keeps training."""
    assert_close(momentum(saved_before_it_went_on()), went_on()[2], rtol=0, atol=0)


@pytest.mark.edge
def test_state_is_used_twice() -> None:
    """Can resume again from a state that was already resumed from."""
    state = state_at(1)
    resumed(state, 2)
    assert bits(resumed(state, 2)) == expected(2)


def test_saving_changes_nothing() -> None:
    """Trains on after a save as if there had been none."""
    assert bits(went_on()[0]) == expected(2)


def test_back_to_an_earlier_state() -> None:
    """Can take a run back that has gone further than the state."""
    run = whole(2)
    load(run, state_at(1))
    train(run, 2, size=4)
    assert bits(run) == expected(2)


def test_back_to_the_beginning() -> None:
    """Can take a run back to the start, where there is no momentum."""
    run = whole(1)
    load(run, state_at(0))
    train(run, 1, size=4)
    assert bits(run) == expected(1)


@pytest.mark.edge
def test_types_of_the_state() -> None:
    """Returns a dict of dicts, lists, numbers, strings and tensors."""
    state = state_at(1)
    assert (type(state), strange(state)) == (dict, [])


@pytest.mark.edge
def test_state_can_be_stored() -> None:
    """Returns what torch.save and torch.load(weights_only=True) keep whole."""
    file = io.BytesIO()
    torch.save(state_at(1), file)
    file.seek(0)
    assert bits(resumed(torch.load(file, weights_only=True), 2)) == expected(2)


def test_two_interruptions() -> None:
    """Can be saved and resumed after each epoch."""
    run = whole(1)
    for until in (2, 3):
        run = resumed(save(run), until)
    assert bits(run) == expected(3)


def test_earlier_state_after_a_later_save() -> None:
    """Keeps the first saved state when the run is saved again."""
    run = whole(1)
    first = save(run)
    train(run, 2, size=4)
    save(run)
    assert bits(resumed(first, 0)) == expected(1)


def test_still_drops_out() -> None:
    """Still has dropout in the model, switched on, after a load."""
    run = gone_on(1, 0)
    assert [(each.p, each.training) for each in run.model if isinstance(each, nn.Dropout)] == [(0.1, True)]


def test_still_shuffles() -> None:
    """Draws each epoch's order from run.order."""
    run = went_on()[0]
    assert not torch.equal(run.order.get_state(), torch.Generator().manual_seed(0).get_state())


@pytest.mark.parametrize(("size", "settings"), [(3, {"size": 3}), (8, {})])
def test_training(size: int, settings: dict[str, int]) -> None:
    """Trains like the written-out loop, in batches of 8 unless told otherwise."""
    inputs, targets = torch.randn(9, 3, generator=torch.Generator().manual_seed(1)), torch.ones(9, 1)
    run = begin(inputs, targets, seed=5)
    train(run, 3, **settings)
    epoch, losses, weights = by_hand(inputs, targets, 3, size)
    assert (run.epoch, run.losses) == (epoch, pytest.approx(losses))
    assert bits(run)[2] == pytest.approx(weights, abs=1e-5)


def test_learns() -> None:
    """Learns despite an interruption: the loss falls to a third."""
    run = resumed(state_at(2), 6)
    assert run.losses[-1] < run.losses[0] / 3


@pytest.mark.edge
def test_data_unchanged() -> None:
    """Doesn't modify inputs or targets."""
    run = gone_on(0, 1)
    assert_close((run.inputs, run.targets), data())
