"""A weighted regression, compared with loops and tested by the rents it learns."""

import functools
import inspect
from collections.abc import Callable

import pytest
import torch
from answer import Regressor, loss_of, predict, r_squared, split, standardized, train
from torch import Tensor, nn
from torch.testing import assert_close

TABLE = torch.tensor([[1.0, 10.0, 3.0, 1.0], [2.0, 20.0, 5.0, 0.0], [3.0, 30.0, 4.0, 0.5]])


def random(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def slow_loss(predicted: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    rows = zip(predicted, target, weight, strict=True)
    return sum(w * (p - t) * (p - t) for p, t, w in rows) / len(predicted)


def slow_standard(rows: Tensor, like: Tensor) -> Tensor:
    columns = []
    for f in range(rows.shape[1]):
        mean = sum(like[:, f]) / len(like)
        std = (sum((value - mean) ** 2 for value in like[:, f]) / (len(like) - 1)) ** 0.5
        columns.append(torch.stack([(value - mean) / std for value in rows[:, f]]))
    return torch.stack(columns, dim=1)


def rents(count: int, seed: int) -> Tensor:
    """Area, year, rent, weight -> (N, 4). Every sixth rent is a typo with weight 0."""
    area, year, weight = random(3, count, seed=seed)
    rent = 1 + 3 * area - 2 * year
    wrong = torch.arange(count) % 6 == 5
    rent, weight = torch.where(wrong, 50 * rent + 50, rent), torch.where(wrong, 0.0, 0.5 + weight)
    return torch.stack([20 + 100 * area, 1920 + 100 * year, rent, weight], dim=1)


class Spy(nn.Module):
    """Predicts its one parameter for every row, and notes how many rows it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.level, self.rows = nn.Parameter(torch.tensor(2.0)), []

    def forward(self, x: Tensor) -> Tensor:
        self.rows.append(len(x))
        return self.level.expand(len(x))


@functools.cache
def taught() -> tuple[Regressor, list[float]]:
    """A model that has been trained on 48 rents, and its losses."""
    torch.manual_seed(0)
    model = Regressor(2)
    return model, train(model, rents(48, seed=1), epochs=12, size=12, lr=0.04)


def test_example_model() -> None:
    """Returns one number per row, in one dimension, as in the task's example."""
    got = Regressor(2)(torch.zeros(3, 2))
    assert got.shape == (3,)


def test_example_loss() -> None:
    """Returns the loss of the task's example, starting from the table."""
    _, target, weight = split(TABLE)
    assert_close(loss_of(torch.tensor([2.0, 2.0, 2.0]), target, weight), torch.tensor(1.0))


def test_example_standardized() -> None:
    """Returns the standardized columns of the task's example."""
    got = standardized(TABLE[:, :2], TABLE[:, :2])
    assert_close(got, torch.tensor([[-1.0, -1.0], [0.0, 0.0], [1.0, 1.0]]))


@pytest.mark.parametrize("rows", [1, 3, 4])
def test_split(rows: int) -> None:
    """Splits a table into features (N, F), target (N,) and weight (N,)."""
    table = random(rows, 4)
    assert_close(split(table), (table[:, :2], table[:, 2], table[:, 3]))


@pytest.mark.parametrize("batch", [1, 3, 4])
def test_model(batch: int) -> None:
    """Computes out(relu(hidden(x))) and returns (B,), even for a single row."""
    model, x = Regressor(4, width=4), random(batch, 4) - 0.5
    expected = torch.stack([model.out(model.hidden(row).clamp(min=0))[0] for row in x])
    assert_close(model(x), expected)


def test_checkpoints() -> None:
    """Keeps the names of all parameters."""
    assert sorted(Regressor(2).state_dict()) == ["hidden.bias", "hidden.weight", "out.bias", "out.weight"]


@pytest.mark.parametrize("batch", [1, 3, 12])
def test_loss(batch: int) -> None:
    """Averages weight times squared error over all rows, weight 0 included."""
    predicted, target, weight = 40 * random(3, batch, seed=batch)
    weight[1:2] = 0.0
    assert_close(loss_of(predicted, target, weight), slow_loss(predicted, target, weight))


@pytest.mark.edge
def test_loss_of_large_errors() -> None:
    """Counts an error of 1e4 in full, whatever its weight."""
    got = loss_of(torch.tensor([1e4, 0.0]), torch.tensor([-1e4, 1e4]), torch.tensor([1.0, -1.0]))
    assert_close(got, torch.tensor(1.5e8))


@pytest.mark.edge
def test_loss_without_weight() -> None:
    """Returns zero if every weight is zero."""
    assert_close(loss_of(torch.tensor([3.0]), torch.tensor([1.0]), torch.tensor([0.0])), torch.tensor(0.0))


def test_gradient_of_the_loss() -> None:
    """Pulls each prediction only toward its own target."""
    predicted, target, weight = random(3, 4, dtype=torch.float64)
    predicted.requires_grad_()
    got = torch.autograd.grad(loss_of(predicted, target, weight), predicted)[0]
    assert_close(got, 2 * weight * (predicted.detach() - target) / 4)


@pytest.mark.parametrize(("rows", "others"), [(1, 3), (3, 3), (5, 2)])
def test_standardized(rows: int, others: int) -> None:
    """Standardizes each column by the same column of the other table."""
    scale = torch.tensor([1.0, 100.0, 1e4])
    x, like = scale * random(rows, 3, seed=1), scale * (1 + random(others, 3, seed=2))
    assert_close(standardized(x, like), slow_standard(x, like), atol=1e-4, rtol=1e-4)


def test_one_column() -> None:
    """Standardizes a table with a single column."""
    x = random(4, 1)
    assert_close(standardized(x, x), slow_standard(x, x))


@pytest.mark.edge
def test_float64() -> None:
    """Keeps the precision of float64, even for large numbers."""
    x = 1e6 + random(4, 3, dtype=torch.float64)
    assert_close(standardized(x, x), slow_standard(x, x), atol=1e-6, rtol=1e-6)


@pytest.mark.edge
def test_tiny_column() -> None:
    """Standardizes a column of tiny numbers as well."""
    x, like = 1e-3 * random(4, 2, seed=1), 1e-3 * random(5, 2, seed=2)
    assert_close(standardized(x, like), slow_standard(x, like), atol=1e-3, rtol=1e-3)


def test_losses_of_an_epoch() -> None:
    """Reports the mean loss per row, even if the last batch is smaller."""
    table = random(7, 4)
    expected = slow_loss(torch.full((7,), 2.0), table[:, 2], table[:, 3]).item()
    assert train(Spy(), table, epochs=2, size=3, lr=0.0) == pytest.approx([expected, expected], rel=1e-5)


def test_batches() -> None:
    """Trains on batches of the given size, every row once per epoch."""
    spy = Spy()
    table = random(7, 4)
    table[2, -1] = 0.0
    train(spy, table, epochs=2, size=3)
    assert spy.rows == [3, 3, 1, 3, 3, 1]


def test_rows_without_weight() -> None:
    """Learns nothing from the target of a row with weight 0."""
    models, table = [Regressor(2, width=3), Regressor(2, width=3)], rents(12, seed=3)
    models[1].load_state_dict(models[0].state_dict())
    other = table.clone()
    other[table[:, -1] == 0, 2] = -7.0
    train(models[0], table, epochs=1, size=4)
    train(models[1], other, epochs=1, size=4)
    got = models[1].state_dict()
    assert_close(got, models[0].state_dict())


def test_loss_falls() -> None:
    """Learns: the loss falls to a twentieth, which no constant reaches."""
    _, losses = taught()
    assert losses[-1] < losses[0] / 20


def test_new_rents() -> None:
    """Predicts rents it has not seen: R² above 0.9."""
    model, _ = taught()
    new = rents(30, seed=2)
    right = new[:, -1] > 0
    predicted = predict(model, new[:, :2], rents(48, seed=1))[right]
    assert r_squared(predicted, new[right, 2]) > 0.9


@pytest.mark.parametrize("rows", [1, 3])
def test_predict(rows: int) -> None:
    """Standardizes new rows with the training table's statistics."""
    model, table = Regressor(2), random(5, 4)
    features = 3 * random(rows, 2, seed=1)
    expected = model(slow_standard(features, table[:, :2])).detach().view(rows)
    assert_close(predict(model, features, table), expected)


def test_r_squared() -> None:
    """Returns 1 for the truth, 0 for its mean, and less for worse."""
    target = torch.tensor([1.0, 2.0, 6.0])
    got = [r_squared(target, target), r_squared(torch.full((3,), 3.0), target), r_squared(target.flip(0), target)]
    assert got == pytest.approx([1.0, 0.0, 1 - 50 / 14], abs=1e-5)


@pytest.mark.edge
def test_plain_values() -> None:
    """Returns a float per epoch, and a float for R²."""
    losses, target = train(Spy(), random(4, 4), epochs=2, size=3), torch.tensor([1.0, 2.0])
    assert [type(value) for value in [*losses, r_squared(target, target)]] == [float] * 3


@pytest.mark.edge
def test_table_unchanged() -> None:
    """Doesn't modify the table."""
    table = random(4, 4) - 0.5
    train(Regressor(2), table, epochs=1, size=3)
    predict(Regressor(2), table[:, :2], table)
    assert_close(table, random(4, 4) - 0.5, rtol=0, atol=0)


def settings(function: Callable[..., object]) -> dict[str, object]:
    """The defaults of its parameters."""
    parameters = inspect.signature(function).parameters.values()
    return {each.name: each.default for each in parameters if each.default is not each.empty}


@pytest.mark.edge
def test_default_settings() -> None:
    """Keeps the default settings of the model and of the training."""
    got = settings(Regressor.__init__) | settings(train)
    assert got == {"width": 16, "epochs": 20, "size": 16, "lr": 0.01, "seed": 0}


@pytest.mark.edge
def test_momentum() -> None:
    """Trains with a momentum of 0.9: two steps on one row, worked out by hand."""
    spy = Spy()
    train(spy, torch.tensor([[1.0, 5.0, 1.0], [2.0, 5.0, 1.0]]), epochs=2, size=2, lr=0.1)
    first = 2 + 0.1 * 6  # the gradient is 2 * (2 - 5)
    assert spy.level.item() == pytest.approx(first + 0.1 * (0.9 * 6 + 2 * (5 - first)), rel=1e-5)


@pytest.mark.edge
def test_seed() -> None:
    """Shuffles by the seed alone, not by torch's global generator."""
    table = rents(9, seed=4)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    losses = [train(Spy(), table, epochs=1, size=2, seed=seed) for seed in (0, 0, 1)]
    assert (losses[0] == losses[1], losses[0] == losses[2]) == (True, False)
    assert_close(torch.get_rng_state(), before, rtol=0, atol=0)


@pytest.mark.edge
def test_predicts_without_gradients() -> None:
    """Records no gradients in predict."""
    assert not predict(Regressor(2), random(3, 2), random(5, 4)).requires_grad
