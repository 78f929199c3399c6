"""The checker against polynomials, whose central differences are known, and on right and wrong gradients."""

import math

import numpy as np
import pytest
from answer import check_gradient, numerical_gradient, relative_error
from numpy.testing import assert_allclose, assert_array_equal

ACCEPTED, REJECTED = True, False


def cubes(x: np.ndarray) -> float:
    return (x**3).sum()


def largest(a: np.ndarray, b: np.ndarray, floor: float) -> float:
    """The relative error, slow and obvious: one entry at a time."""
    pairs = zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)
    return max(abs(p - q) / max(abs(p), abs(q), floor) for p, q in pairs)


def random_arrays(*shape: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    return draw.normal(size=shape), draw.normal(size=shape)


def test_example_differences() -> None:
    """Matches the central differences in the task."""
    got = numerical_gradient(cubes, np.array([[1.0, -2.0]]), eps=0.5)
    assert_allclose(got, np.array([[3.25, 12.25]]), rtol=1e-9)


def test_example_error() -> None:
    """Matches the relative error in the task."""
    assert relative_error(np.array([2.0, 0.0]), np.array([2.5, 1e-4])) == pytest.approx(0.2)


def test_example_right() -> None:
    """Accepts the correct gradient in the task."""
    assert check_gradient(cubes, lambda x: 3 * x**2, np.array([[1.0, -2.0]])) == ACCEPTED


def test_example_wrong() -> None:
    """Rejects the wrong gradient in the task."""
    assert check_gradient(cubes, lambda x: 3 * x, np.array([[1.0, -2.0]])) == REJECTED


@pytest.mark.parametrize("shape", [(1,), (3, 1), (2, 2), (2, 1, 2)])
def test_differences(shape: tuple[int, ...]) -> None:
    """Moves each entry separately, in any shape: c x³ gives c (3 x² + eps²)."""
    c, x = random_arrays(*shape)
    got = numerical_gradient(lambda x: (c * x**3).sum(), x, eps=0.1)
    assert_allclose(got, c * (3 * x**2 + 0.01), rtol=1e-9)


def test_differences_of_entries_that_mix() -> None:
    """Gives the softmax as the gradient of logsumexp."""
    x, _ = random_arrays(4)
    got = numerical_gradient(lambda x: math.log(sum(math.exp(value) for value in x)), x)
    assert_allclose(got, np.exp(x) / np.exp(x).sum(), rtol=1e-7)


@pytest.mark.edge
def test_differences_at_a_point() -> None:
    """Accepts an x of shape ()."""
    assert_allclose(numerical_gradient(cubes, np.array(2.0), eps=0.5), np.array(12.25), rtol=1e-9)


@pytest.mark.edge
def test_differences_of_nothing() -> None:
    """Returns an empty array for an empty x."""
    assert_array_equal(numerical_gradient(cubes, np.zeros((0, 2))), np.zeros((0, 2)))


def test_default_eps() -> None:
    """Uses 1e-5 as the default eps: for x³ at 0, the difference is eps²."""
    assert_allclose(numerical_gradient(cubes, np.zeros(2)), np.full(2, 1e-10), rtol=1e-6)


@pytest.mark.edge
@pytest.mark.parametrize("dtype", ["float32", "int64"])
def test_differences_in_float64(dtype: str) -> None:
    """Moves float32 and integer entries in float64."""
    got = numerical_gradient(cubes, np.array([1, -2], dtype=dtype))
    assert_allclose(got, np.array([3.0, 12.0]), rtol=1e-8)


@pytest.mark.edge
def test_dtype_of_differences() -> None:
    """Returns float64 for a float32 x."""
    assert numerical_gradient(cubes, np.ones(2, dtype=np.float32)).dtype == np.dtype("float64")


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Accepts every second column of a transposed array."""
    c, x = random_arrays(4, 3)
    c, x = c.T[:, ::2], x.T[:, ::2]
    got = numerical_gradient(lambda x: (c * x**2).sum(), x)
    assert_allclose(got, 2 * c * x, rtol=1e-6, atol=1e-8)


@pytest.mark.edge
def test_function_that_changes_its_argument() -> None:
    """Gives f its own copy on every call."""

    def doubles(x: np.ndarray) -> float:
        x *= 2
        return x.sum()

    assert_allclose(numerical_gradient(doubles, np.array([1.0, 5.0])), np.array([2.0, 2.0]), rtol=1e-8)


@pytest.mark.edge
def test_point_unchanged_by_differences() -> None:
    """Leaves x exactly as it was."""
    x = np.array([0.1, 0.7, 1e4])
    numerical_gradient(cubes, x)
    assert_array_equal(x, np.array([0.1, 0.7, 1e4]))


@pytest.mark.edge
def test_point_unchanged_by_check() -> None:
    """Leaves x unchanged even if gradient changes its argument."""
    x = np.array([0.1, 0.7, 1e4])
    check_gradient(cubes, lambda x: np.multiply(x, 3, out=x), x)
    assert_array_equal(x, np.array([0.1, 0.7, 1e4]))


@pytest.mark.parametrize("shape", [(3,), (2, 2)])
def test_error(shape: tuple[int, ...]) -> None:
    """Gives the largest relative error over the entries."""
    a, b = random_arrays(*shape, seed=1)
    assert relative_error(a, b) == pytest.approx(largest(a, b, 1e-3))


def test_error_of_opposite_signs() -> None:
    """Divides by the larger absolute value, whatever the signs."""
    assert relative_error(np.array([1.0, -1.0]), np.array([-1.0, 3.0])) == pytest.approx(2.0)


def test_error_is_symmetric() -> None:
    """Gives the same error with a and b swapped."""
    assert relative_error(np.array([1.0]), np.array([4.0])) == pytest.approx(0.75)
    assert relative_error(np.array([4.0]), np.array([1.0])) == pytest.approx(0.75)


def test_error_below_the_floor() -> None:
    """Divides by the floor if both are smaller."""
    assert relative_error(np.array([0.01]), np.array([-0.01]), floor=0.5) == pytest.approx(0.04)


def test_default_floor() -> None:
    """Uses 1e-3 as the default floor."""
    assert relative_error(np.array([2e-3]), np.array([1e-3])) == pytest.approx(0.5)
    assert relative_error(np.array([2e-4]), np.array([1e-4])) == pytest.approx(0.1)


@pytest.mark.edge
def test_error_of_unsigned_integers() -> None:
    """Subtracts in float64: in uint8, 1 - 2 is 255."""
    assert relative_error(np.array([1, 4], dtype=np.uint8), np.array([2, 3], dtype=np.uint8)) == pytest.approx(0.5)


def test_error_of_zeros() -> None:
    """Gives 0 if both are 0, without a warning."""
    assert relative_error(np.zeros(3), np.zeros(3)) == 0


@pytest.mark.edge
def test_error_of_nothing() -> None:
    """Gives 0 for arrays without entries."""
    assert relative_error(np.zeros((0, 2)), np.zeros((0, 2))) == 0


def test_plain_values() -> None:
    """Returns one number as the error and one answer from the check, not arrays."""
    x = np.array([1.0, 2.0])
    assert (np.shape(relative_error(x, x)), np.shape(check_gradient(cubes, lambda x: 3 * x**2, x))) == ((), ())


@pytest.mark.parametrize("shape", [(3, 1), (1,), ()])
def test_error_of_other_shapes(shape: tuple[int, ...]) -> None:
    """Raises ValueError for a shape that would only broadcast to (3,)."""
    with pytest.raises(ValueError):  # noqa: PT011, any message will do
        relative_error(np.ones(3), np.ones(shape))


def test_accepts_gradient_of_zero() -> None:
    """Accepts a gradient of 0, where the differences are rounding noise."""
    x = np.array([1.0, 1.0])
    assert check_gradient(lambda x: (np.exp(x) - math.e * x).sum() + 50, lambda x: np.exp(x) - math.e, x) == ACCEPTED


def test_accepts_large_gradient() -> None:
    """Accepts a correct gradient of 1e9, where no difference comes within 1e-5."""
    assert check_gradient(lambda x: 1e9 * (x**3).sum(), lambda x: 3e9 * x**2, np.array([0.3, 0.7])) == ACCEPTED


def test_accepts_large_values() -> None:
    """Accepts a correct gradient where x is 1e4."""
    assert check_gradient(cubes, lambda x: 3 * x**2, np.array([1e4, -1e4])) == ACCEPTED


@pytest.mark.edge
def test_accepts_for_integers() -> None:
    """Passes float64 to gradient even if x holds integers."""
    x = np.array([2, 4])
    assert check_gradient(lambda x: (x**2).sum() / 2, lambda x: np.full_like(x, 0.5) * 2 * x, x) == ACCEPTED


@pytest.mark.parametrize("factor", [-1.0, 0.0, 1.001])
def test_rejects_wrong_scale(factor: float) -> None:
    """Rejects a gradient with the wrong sign or factor."""
    x, _ = random_arrays(3, seed=2)
    assert check_gradient(cubes, lambda x: factor * 3 * x**2, x) == REJECTED


@pytest.mark.parametrize("entry", [0, 3])
def test_rejects_one_wrong_entry(entry: int) -> None:
    """Rejects a gradient with one wrong entry, first or last."""
    wrong = np.ones(4)
    wrong[entry] = 0.99997
    assert check_gradient(lambda x: x.sum(), lambda _: wrong, np.array([1.0, 2.0, 3.0, 4.0])) == REJECTED


def test_rejects_one_wrong_entry_of_many() -> None:
    """Rejects a gradient with one wrong entry out of 120."""
    wrong = np.ones((4, 30))
    wrong[2, 17] = 0.99995
    assert check_gradient(lambda x: x.sum(), lambda _: wrong, np.ones((4, 30))) == REJECTED


def test_rejects_wrong_entry_beside_a_large_one() -> None:
    """Rejects a wrong small entry next to a correct one of 1e6."""
    x = np.array([0.5, 0.5])
    assert check_gradient(lambda x: 1e6 * x[0] + x[1], lambda _: np.array([1e6, 2.0]), x) == REJECTED


def test_rejects_small_wrong_gradient() -> None:
    """Rejects a gradient of 0.01 that is off by a thousandth of itself."""
    assert check_gradient(lambda x: 0.01 * x.sum(), lambda _: np.full(2, 0.010005), np.ones(2)) == REJECTED


def test_rejects_transposed_gradient() -> None:
    """Rejects a transposed gradient for a square x."""
    c, x = random_arrays(2, 2, seed=3)
    assert check_gradient(lambda x: (c * x).sum(), lambda _: c.T, x) == REJECTED


@pytest.mark.parametrize("entry", [0, 1])
def test_rejects_nan(entry: int) -> None:
    """Rejects a gradient that contains NaN."""
    gradient = np.ones(2)
    gradient[entry] = math.nan
    assert check_gradient(lambda x: x.sum(), lambda _: gradient, np.ones(2)) == REJECTED


@pytest.mark.edge
@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_rejects_infinity(value: float) -> None:
    """Rejects a gradient with an infinite entry."""
    with np.errstate(invalid="ignore"):
        assert check_gradient(lambda x: x.sum(), lambda _: np.array([1.0, value]), np.ones(2)) == REJECTED


def test_rejects_nan_of_the_function() -> None:
    """Rejects any gradient if f itself gives NaN."""
    assert check_gradient(lambda _: math.nan, np.ones_like, np.ones(2)) == REJECTED


def test_gradient_of_another_shape() -> None:
    """Raises ValueError for a gradient of shape (3,) if x has shape (3, 1)."""
    with pytest.raises(ValueError):  # noqa: PT011, any message will do
        check_gradient(lambda x: x.sum(), lambda _: np.ones(3), np.ones((3, 1)))


def test_tol() -> None:
    """Accepts errors within tol and none beyond it."""
    x = np.array([1.0, 2.0])
    assert check_gradient(lambda x: x.sum(), lambda x: x * 0 + 1.05, x, tol=0.1) == ACCEPTED
    assert check_gradient(lambda x: x.sum(), lambda x: x * 0 + 1.05, x, tol=0.01) == REJECTED


def test_tol_is_allowed() -> None:
    """Accepts an error of exactly tol: 0 for a constant function."""
    assert check_gradient(lambda _: 3.0, np.zeros_like, np.array([1.0, 2.0]), tol=0.0) == ACCEPTED


def test_default_eps_of_the_check() -> None:
    """Uses 1e-5 as the check's eps too: for 1e7 x³ at 0, it's off by 1e-3."""
    assert check_gradient(lambda x: 1e7 * (x**3).sum(), lambda _: np.full(1, 1e-3), np.zeros(1)) == ACCEPTED


def test_eps() -> None:
    """Passes eps on to the differences."""
    assert check_gradient(cubes, lambda x: 3 * x**2 + 0.25, np.array([1.0, 2.0]), eps=0.5) == ACCEPTED
