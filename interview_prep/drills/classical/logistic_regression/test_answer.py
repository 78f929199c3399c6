"""Logistic regression against loops over rows and against finite differences."""

import math

import numpy as np
import pytest
from answer import fit, gradient, predict, sigmoid
from numpy.testing import assert_allclose, assert_array_equal

pytestmark = pytest.mark.filterwarnings("error")  # the task forbids warnings


def probability(params: np.ndarray, row: np.ndarray) -> float:
    """The probability of class 1, for small logits."""
    logit = params[-1]
    for weight, value in zip(params[:-1], row, strict=True):
        logit += weight * value
    return 1 / (1 + math.exp(-logit))


def loss(params: np.ndarray, x: np.ndarray, y: np.ndarray, l2: float) -> float:
    """Slow and obvious: one row at a time."""
    total = 0.0
    for row, label in zip(x, y, strict=True):
        p = probability(params, row)
        total -= math.log(p) if label == 1 else math.log(1 - p)
    return total / len(x) + l2 / 2 * sum(weight**2 for weight in params[:-1])


def by_differences(params: np.ndarray, x: np.ndarray, y: np.ndarray, l2: float) -> np.ndarray:
    """The gradient of the loss, one parameter at a time."""
    slopes = []
    for i in range(len(params)):
        step = np.eye(len(params))[i] * 1e-5
        slopes.append((loss(params + step, x, y, l2) - loss(params - step, x, y, l2)) / 2e-5)
    return np.array(slopes)


def descent(x: np.ndarray, y: np.ndarray, l2: float, rate: float, steps: int) -> np.ndarray:
    """Gradient descent from zeros, one row and one parameter at a time."""
    params = np.zeros(x.shape[1] + 1)
    for _ in range(steps):
        slope = np.append(l2 * params[:-1], 0.0)
        for row, label in zip(x, y, strict=True):
            slope += (probability(params, row) - label) * np.append(row, 1.0) / len(x)
        params = params - rate * slope
    return params


def random_data(n: int, d: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parameters (D + 1,), rows (N, D) and labels (N,)."""
    draw = np.random.default_rng(seed)
    return draw.normal(size=d + 1), draw.normal(size=(n, d)) + 0.5, draw.integers(0, 2, size=n)


def test_example_gradient() -> None:
    """Matches the gradient in the task."""
    x, y = np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([0, 1])
    assert_allclose(gradient(np.zeros(3), x, y, l2=0.1), np.array([-0.5, 0.5, 0.0]), atol=1e-12)


def test_example_fit() -> None:
    """Matches the parameters in the task."""
    x, y = np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([0, 1])
    assert_allclose(fit(x, y, l2=0.1, rate=0.5, steps=2), np.array([0.3686601, -0.45641175, -0.02925055]), rtol=1e-6)


def test_sigmoid() -> None:
    """Gives 1 / (1 + exp(-z)) in any shape."""
    z = np.array([[-3.0, -0.5, 0.0], [0.1, 2.0, 30.0]])
    expected = np.array([[1 / (1 + math.exp(-value)) for value in row] for row in z])
    assert_allclose(sigmoid(z), expected, rtol=1e-12)


def test_sigmoid_of_integers() -> None:
    """Accepts integers."""
    assert_allclose(sigmoid(np.array([0, -100])), np.array([0.5, math.exp(-100)]), rtol=1e-9, atol=0)


def test_sigmoid_far_below_zero() -> None:
    """Gives 0 for a logit of -1e4, without a warning."""
    assert_allclose(sigmoid(np.array([-1e4, 0.0])), np.array([0.0, 0.5]), atol=1e-12)


def test_sigmoid_far_above_zero() -> None:
    """Gives 1 for a logit of 1e4, without a warning."""
    assert_allclose(sigmoid(np.array([1e4, 0.0])), np.array([1.0, 0.5]), rtol=1e-12)


def test_sigmoid_in_the_tail() -> None:
    """Keeps relative precision where the probability is tiny."""
    z = np.array([-40.0, -100.0])
    assert_allclose(sigmoid(z), np.array([math.exp(-40), math.exp(-100)]), rtol=1e-9)


@pytest.mark.edge
@pytest.mark.parametrize("z", [-700.0, -720.0, -1e4])
def test_sigmoid_to_the_end_of_the_tail(z: float) -> None:
    """Gives exp(z) as far down as float64 goes, and 0 below that."""
    assert_allclose(sigmoid(np.array([z])), np.array([math.exp(z)]), rtol=1e-9, atol=0)


@pytest.mark.parametrize(("n", "d"), [(1, 1), (1, 3), (3, 3), (7, 2)])
def test_gradient_without_l2(n: int, d: int) -> None:
    """Agrees with finite differences when nothing is regularized."""
    params, x, y = random_data(n, d)
    assert_allclose(gradient(params, x, y, 0.0), by_differences(params, x, y, 0.0), atol=1e-6)


@pytest.mark.parametrize(("n", "d"), [(1, 2), (5, 3)])
def test_gradient_with_l2(n: int, d: int) -> None:
    """Agrees with finite differences of the regularized loss."""
    params, x, y = random_data(n, d, seed=1)
    assert_allclose(gradient(params, x, y, 0.7), by_differences(params, x, y, 0.7), atol=1e-6)


@pytest.mark.edge
@pytest.mark.parametrize("kind", ["uint8", "bool"])
def test_kinds_of_labels(kind: str) -> None:
    """Accepts labels that are unsigned bytes or booleans."""
    params, x, y = random_data(6, 2, seed=1)
    assert_allclose(gradient(params, x, y.astype(kind), 0.1), by_differences(params, x, y, 0.1), atol=1e-6)


def test_l2_spares_the_bias() -> None:
    """Adds l2 times the weights, and nothing for the bias."""
    params, x, y = random_data(4, 2, seed=2)
    got = gradient(params, x, y, 3.0) - gradient(params, x, y, 0.0)
    assert_allclose(got, np.array([3 * params[0], 3 * params[1], 0.0]), atol=1e-9)


def test_l2_pulls_towards_zero() -> None:
    """Gives the penalty's gradient the sign of the weight."""
    x, y = np.zeros((2, 2)), np.array([0, 1])
    assert_array_equal(np.sign(gradient(np.array([3.0, -2.0, 0.0]), x, y, 0.5)), np.array([1.0, -1.0, 0.0]))


@pytest.mark.parametrize("l2", [0.0, 0.5])
def test_fit(l2: float) -> None:
    """Takes the same steps as a loop over rows."""
    _, x, y = random_data(6, 2, seed=3)
    assert_allclose(fit(x, y, l2, 0.3, 12), descent(x, y, l2, 0.3, 12), rtol=1e-7)


def test_many_steps() -> None:
    """Takes all 150 steps."""
    _, x, y = random_data(6, 2, seed=3)
    assert_allclose(fit(x, y, 0.0, 0.3, 150), descent(x, y, 0.0, 0.3, 150), rtol=1e-6)


@pytest.mark.edge
def test_digits_of_fit() -> None:
    """Computes in float64, with ten correct digits after 12 steps."""
    _, x, y = random_data(6, 2, seed=3)
    assert_allclose(fit(x, y, 0.1, 0.3, 12), descent(x, y, 0.1, 0.3, 12), rtol=1e-10)


def test_no_steps() -> None:
    """Starts at zeros."""
    _, x, y = random_data(4, 3)
    assert_allclose(fit(x, y, 0.1, 0.5, 0), np.zeros(4))


def test_repeated_rows() -> None:
    """Gives the same parameters if every row is repeated three times."""
    _, x, y = random_data(5, 2, seed=4)
    assert_allclose(fit(np.tile(x, (3, 1)), np.tile(y, 3), 0.2, 0.5, 10), descent(x, y, 0.2, 0.5, 10), rtol=1e-7)


def test_bias_learns_the_base_rate() -> None:
    """Learns the log odds of the labels if the features say nothing."""
    x, y = np.zeros((4, 1)), np.array([1, 1, 1, 0])
    assert_allclose(fit(x, y, 1.0, 2.0, 100), np.array([0.0, math.log(3)]), atol=1e-6)


def test_fit_on_large_features() -> None:
    """Stays finite, without warnings, for features of 1e4."""
    x, y = np.array([[1e4], [-1e4]]), np.array([1, 0])
    assert_allclose(fit(x, y, 0.0, 1.0, 3), np.array([5e3, 0.0]), rtol=1e-9, atol=1e-9)


def test_predict() -> None:
    """Returns 1 where the probability is at least 0.5."""
    x = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [-1e4, 0.0], [-0.1, 0.0]])
    assert_array_equal(predict(x, np.array([2.0, -3.0, 0.5])), np.array([1, 0, 0, 0, 1]))


def test_predict_at_the_threshold() -> None:
    """Returns 1 where the probability is exactly 0.5."""
    assert_array_equal(predict(np.array([[1.0], [2.0]]), np.array([1.0, -1.0])), np.array([1, 1]))


@pytest.mark.edge
def test_predict_gives_numbers() -> None:
    """Returns numbers, not booleans."""
    assert predict(np.array([[1.0], [-2.0]]), np.array([1.0, 0.5])).dtype != bool


def test_shapes_of_equal_values() -> None:
    """Returns arrays, even if all their entries are equal."""
    x, y = np.zeros((4, 2)), np.array([0, 1, 0, 1])
    got = sigmoid(x), gradient(np.zeros(3), x, y, 0.1), fit(x, y, 0.1, 0.5, 2), predict(x, np.zeros(3))
    shapes = [(4, 2), (3,), (3,), (4,)]
    assert [(type(values).__name__, np.shape(values)) for values in got] == [("ndarray", shape) for shape in shapes]


@pytest.mark.edge
def test_gradient_leaves_inputs_unchanged() -> None:
    """Leaves params, x and y unchanged."""
    params, x, y = random_data(4, 2, seed=5)
    gradient(params, x, y, 0.5)
    assert_array_equal(
        np.concatenate([params, x.ravel(), y]), np.concatenate([a.ravel() for a in random_data(4, 2, 5)])
    )


@pytest.mark.edge
def test_fit_leaves_inputs_unchanged() -> None:
    """Leaves x and y unchanged."""
    _, x, y = random_data(4, 2, seed=6)
    fit(x, y, 0.5, 0.1, 2)
    assert_array_equal(np.column_stack([x, y]), np.column_stack(random_data(4, 2, 6)[1:]))
