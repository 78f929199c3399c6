"""Loss and gradients against loops over rows and units, and against finite differences of those loops."""

import math

import numpy as np
import pytest
from answer import loss_and_gradients
from numpy.testing import assert_allclose, assert_array_equal

pytestmark = pytest.mark.filterwarnings("error")  # the task forbids warnings

Params = dict[str, np.ndarray]


def by_loops(params: Params, x: np.ndarray, y: np.ndarray) -> float:
    """The mean loss, slow and obvious: one row and one unit at a time."""
    total = 0.0
    for row, label in zip(x, y, strict=True):
        hidden = [max(0.0, b + sum(row * w)) for w, b in zip(params["w1"].T, params["b1"], strict=True)]
        logits = [b + sum(np.array(hidden) * w) for w, b in zip(params["w2"].T, params["b2"], strict=True)]
        total += math.log(sum(math.exp(z) for z in logits)) - logits[label]
    return total / len(x)


def by_differences(params: Params, x: np.ndarray, y: np.ndarray, name: str) -> np.ndarray:
    """The gradient of one param, one entry at a time."""
    slopes = np.zeros(params[name].shape)
    for at in np.ndindex(slopes.shape):
        step = np.zeros(slopes.shape)
        step[at] = 1e-5
        up, down = ({**params, name: params[name] + side * step} for side in (1, -1))
        slopes[at] = (by_loops(up, x, y) - by_loops(down, x, y)) / 2e-5
    return slopes


def random_inputs(n: int, d: int = 2, h: int = 3, c: int = 2, seed: int = 0) -> tuple[Params, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    shapes = {"w1": (d, h), "b1": (h,), "w2": (h, c), "b2": (c,)}
    params = {name: draw.normal(size=shape) for name, shape in shapes.items()}
    return params, draw.normal(size=(n, d)), draw.integers(0, c, size=n)


def example() -> tuple[Params, np.ndarray, np.ndarray]:
    first = {"w1": np.array([[1.0, -1.0], [0.5, 2.0]]), "b1": np.array([0.0, 0.5])}
    second = {"w2": np.array([[1.0, 0.0], [-1.0, 1.0]]), "b2": np.array([0.0, 1.0])}
    return first | second, np.array([[1.0, 1.0], [2.0, -1.0]]), np.array([1, 0])


def test_example_loss() -> None:
    """Matches the loss in the task."""
    loss, _ = loss_and_gradients(*example())
    assert_allclose(loss, 0.27648336, rtol=1e-6)


def test_example_b1() -> None:
    """Matches the gradient of b1 in the task."""
    _, gradients = loss_and_gradients(*example())
    assert_allclose(gradients["b1"], np.array([-0.15084124, -0.07585818]), rtol=1e-6)


def test_example_w1() -> None:
    """Matches the gradient of w1 in the task."""
    _, gradients = loss_and_gradients(*example())
    expected = np.array([[-0.33961158, -0.07585818], [0.22669942, -0.07585818]])
    assert_allclose(gradients["w1"], expected, rtol=1e-6)


@pytest.mark.parametrize("n", [1, 3])
def test_loss(n: int) -> None:
    """Takes the mean loss over the rows."""
    params, x, y = random_inputs(n)
    loss, _ = loss_and_gradients(params, x, y)
    assert_allclose(loss, by_loops(params, x, y), rtol=1e-9)


@pytest.mark.parametrize("name", ["w1", "b1", "w2", "b2"])
def test_gradient(name: str) -> None:
    """Agrees with finite differences for four rows."""
    params, x, y = random_inputs(4)
    _, gradients = loss_and_gradients(params, x, y)
    assert_allclose(gradients[name], by_differences(params, x, y, name), atol=1e-7)


@pytest.mark.parametrize("name", ["w1", "b1", "w2", "b2"])
def test_gradient_one_row(name: str) -> None:
    """Agrees with finite differences for one row and three classes."""
    params, x, y = random_inputs(1, c=3, seed=1)
    _, gradients = loss_and_gradients(params, x, y)
    assert_allclose(gradients[name], by_differences(params, x, y, name), atol=1e-7)


@pytest.mark.parametrize("name", ["w1", "b1", "w2", "b2"])
def test_gradient_square(name: str) -> None:
    """Mixes up no dimensions when N = D = H = C."""
    params, x, y = random_inputs(3, 3, 3, 3, seed=2)
    _, gradients = loss_and_gradients(params, x, y)
    assert_allclose(gradients[name], by_differences(params, x, y, name), atol=1e-7)


def test_keys() -> None:
    """Returns a gradient for each of the four params and nothing else."""
    _, gradients = loss_and_gradients(*random_inputs(2))
    assert sorted(gradients) == ["b1", "b2", "w1", "w2"]


def test_repeated_rows() -> None:
    """Gives the same gradients if every row is repeated three times."""
    params, x, y = random_inputs(2, seed=3)
    _, gradients = loss_and_gradients(params, np.tile(x, (3, 1)), np.tile(y, 3))
    assert_allclose(gradients["w1"], by_differences(params, x, y, "w1"), atol=1e-7)


def test_one_label() -> None:
    """Works if all rows have the same label."""
    params, x, _ = random_inputs(3, seed=9)
    y = np.array([1, 1, 1])
    _, gradients = loss_and_gradients(params, x, y)
    assert_allclose(gradients["w2"], by_differences(params, x, y, "w2"), atol=1e-7)


def test_relu_at_zero() -> None:
    """Sends nothing back through a unit that is exactly 0."""
    params = {"w1": np.array([[1.0, 2.0]]), "b1": np.array([-1.0, 0.0])}  # x = 1: the units are 0 and 2
    params |= {"w2": np.array([[3.0, 0.0], [1.0, 0.0]]), "b2": np.zeros(2)}
    _, gradients = loss_and_gradients(params, np.array([[1.0]]), np.array([1]))
    assert_allclose(gradients["b1"], np.array([0.0, 1 / (1 + math.exp(-2))]), atol=1e-12)


def test_rows_of_integers() -> None:
    """Gives the same loss and gradients for rows of integers."""
    params, _, y = random_inputs(3, seed=6)
    x = np.array([[1, -2], [3, 0], [-1, 5]])
    _, gradients = loss_and_gradients(params, x, y)
    assert_allclose(gradients["w1"], by_differences(params, x, y, "w1"), atol=1e-7)


def test_dead_units() -> None:
    """Gives only b2 a gradient if no unit is active."""
    params, x, y = random_inputs(4, seed=4)
    params["b1"] = np.full(3, -100.0)
    _, gradients = loss_and_gradients(params, x, y)
    got = np.concatenate([gradients[name].ravel() for name in ("w1", "b1", "w2", "b2")])
    assert_allclose(got, np.append(np.zeros(6 + 3 + 6), by_differences(params, x, y, "b2")), atol=1e-7)


@pytest.mark.parametrize("label", [0, 1])
def test_large_logits_loss(label: int) -> None:
    """Gives the exact loss for logits of 1e4 and -1e4."""
    params = {"w1": np.ones((1, 1)), "b1": np.zeros(1), "w2": np.array([[1.0, -1.0]]), "b2": np.zeros(2)}
    loss, _ = loss_and_gradients(params, np.array([[1e4]]), np.array([label]))
    assert_allclose(loss, 2e4 * label, rtol=1e-9, atol=1e-9)


def test_large_logits_gradient() -> None:
    """Gives finite gradients for logits of 1e4 and -1e4."""
    params = {"w1": np.ones((1, 1)), "b1": np.zeros(1), "w2": np.array([[1.0, -1.0]]), "b2": np.zeros(2)}
    _, gradients = loss_and_gradients(params, np.array([[1e4]]), np.array([1]))
    assert_allclose(gradients["w2"], np.array([[1e4, -1e4]]))


def test_rows_of_different_size() -> None:
    """Handles each row separately: one has logits of 1e4, one of 1."""
    params = {"w1": np.ones((1, 1)), "b1": np.zeros(1), "w2": np.array([[1.0, 1.0]]), "b2": np.array([0.5, -0.5])}
    loss, _ = loss_and_gradients(params, np.array([[1e4], [1.0]]), np.array([0, 0]))
    assert_allclose(loss, math.log(1 + math.exp(-1)), rtol=1e-9)


def test_all_logits_far_below_zero() -> None:
    """Depends only on differences between logits, even if all are near -1e4."""
    params, x, y = random_inputs(3, seed=5)
    loss, _ = loss_and_gradients({**params, "b2": params["b2"] - 1e4}, x, y)
    assert_allclose(loss, by_loops(params, x, y), rtol=1e-7)


@pytest.mark.edge
def test_float32() -> None:
    """Returns float32 gradients for float32 params and rows."""
    params, x, y = random_inputs(3, seed=6)
    small = {key: value.astype(np.float32) for key, value in params.items()}
    _, gradients = loss_and_gradients(small, x.astype(np.float32), y)
    assert [str(gradients[name].dtype) for name in ("w1", "b1", "w2", "b2")] == ["float32"] * 4


@pytest.mark.edge
@pytest.mark.parametrize("dtype", ["int64", "float64", "uint8"])
def test_float32_params_and_other_rows(dtype: str) -> None:
    """Returns float32 gradients for float32 params, whatever the rows' dtype."""
    params, _, y = random_inputs(3, seed=6)
    small = {key: value.astype(np.float32) for key, value in params.items()}
    _, gradients = loss_and_gradients(small, np.array([[1, 2], [3, 0], [0, 5]], dtype=dtype), y)
    assert [str(gradients[name].dtype) for name in ("w1", "b1", "w2", "b2")] == ["float32"] * 4


@pytest.mark.edge
def test_float32_values() -> None:
    """Gives the same numbers in float32, up to its precision."""
    params, x, y = random_inputs(3, seed=6)
    small = {key: value.astype(np.float32) for key, value in params.items()}
    _, gradients = loss_and_gradients(small, x.astype(np.float32), y)
    assert_allclose(gradients["w1"], by_differences(params, x, y, "w1"), atol=1e-5)


def test_shapes_of_equal_values() -> None:
    """Returns arrays with the params' shapes, even if all entries are equal."""
    params, x, y = random_inputs(3, seed=6)
    loss, gradients = loss_and_gradients({name: np.zeros_like(param) for name, param in params.items()}, x, y)
    got = {name: (type(values).__name__, np.shape(values)) for name, values in gradients.items()}
    assert (np.shape(loss), got) == ((), {name: ("ndarray", param.shape) for name, param in params.items()})


@pytest.mark.edge
def test_params_unchanged() -> None:
    """Leaves the params unchanged."""
    params, x, y = random_inputs(3, seed=7)
    loss_and_gradients(params, x, y)
    got = np.concatenate([params[name].ravel() for name in ("w1", "b1", "w2", "b2")])
    before, _, _ = random_inputs(3, seed=7)
    assert_array_equal(got, np.concatenate([before[name].ravel() for name in ("w1", "b1", "w2", "b2")]))


@pytest.mark.edge
def test_data_unchanged() -> None:
    """Leaves rows and labels unchanged."""
    params, x, y = random_inputs(3, seed=8)
    loss_and_gradients(params, x, y)
    assert_array_equal(np.column_stack([x, y]), np.column_stack(random_inputs(3, seed=8)[1:]))
