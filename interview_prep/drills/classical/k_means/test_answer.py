"""K-means against loops over points, and k-means++ against what its probabilities allow."""

import numpy as np
import pytest
from answer import assign, lloyd, plus_plus
from numpy.testing import assert_allclose, assert_array_equal

pytestmark = pytest.mark.filterwarnings("error")  # the task forbids warnings

POINTS = ((0, 0), (0, 2), (9, 1), (10, 1))


def nearest(point: np.ndarray, centers: np.ndarray) -> int:
    """Slow and obvious: one center and one coordinate at a time."""
    squares = [sum((float(a) - float(b)) ** 2 for a, b in zip(point, center, strict=True)) for center in centers]
    return squares.index(min(squares))


def by_loops(points: np.ndarray, centers: np.ndarray, steps: int) -> np.ndarray:
    """Lloyd's iteration, one point at a time."""
    for _ in range(steps):
        groups: list[list[np.ndarray]] = [[] for _ in centers]
        for point in points:
            groups[nearest(point, centers)].append(point)
        moved = [sum(group) / len(group) if group else center for group, center in zip(groups, centers, strict=True)]
        centers = np.array(moved)
    return centers


def random_points(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d))


def column(*values: float) -> np.ndarray:
    """Points on a line, (N, 1)."""
    return np.array(values, dtype=float)[:, None]


def test_example_assign() -> None:
    """Matches the assignment in the task."""
    centers = np.array([[0.0, 0.0], [4.0, 1.0], [90.0, 90.0]])
    assert_array_equal(assign(np.array(POINTS), centers), np.array([0, 0, 1, 1]))


def test_example_lloyd() -> None:
    """Matches the centers in the task."""
    centers = np.array([[0.0, 0.0], [4.0, 1.0], [90.0, 90.0]])
    expected = np.array([[0.0, 1.0], [9.5, 1.0], [90.0, 90.0]])
    assert_allclose(lloyd(np.array(POINTS), centers, steps=1), expected)


@pytest.mark.parametrize(("n", "k", "d"), [(1, 1, 2), (7, 3, 2), (3, 3, 3), (6, 2, 1), (2, 4, 3)])
def test_assign(n: int, k: int, d: int) -> None:
    """Agrees with a loop over points and centers."""
    points, centers = random_points(n, d), random_points(k, d, seed=1)
    assert_array_equal(assign(points, centers), np.array([nearest(point, centers) for point in points]))


def test_equally_near() -> None:
    """Takes the lowest index among equally near centers."""
    assert_array_equal(assign(column(1, 3, 5), column(4, 0, 2, 2)), np.array([1, 0, 0]))


@pytest.mark.edge
def test_assign_tiny_distances() -> None:
    """Tells distances of 1e-5 apart."""
    assert_array_equal(assign(column(0, 1e-4), column(1e-5, -0.9e-5, 9.5e-5)), np.array([1, 2]))


@pytest.mark.edge
def test_assign_far_from_the_origin() -> None:
    """Finds the nearest of centers that are 1e-3 apart, around 1e6."""
    offsets = np.array([0.0, 1e-3, 2e-3, 3e-3])
    points = column(*(1e6 + offsets + 2e-4))
    assert_array_equal(assign(points, column(*(1e6 + offsets))), np.array([0, 1, 2, 3]))


def test_assign_large_values() -> None:
    """Finds the nearest center for coordinates of 1e4."""
    points = np.array([[1e4, -1e4], [-1e4, 1e4]])
    assert_array_equal(assign(points, np.array([[-1e4, 1e4 - 1], [1e4, -1e4 + 1]])), np.array([1, 0]))


@pytest.mark.parametrize("steps", [0, 1, 2, 5])
def test_lloyd(steps: int) -> None:
    """Agrees with loops after each number of steps."""
    points = random_points(30, 2, seed=2)
    assert_allclose(lloyd(points, points[:3].copy(), steps), by_loops(points, points[:3], steps))


@pytest.mark.edge
@pytest.mark.parametrize(("scale", "offset"), [(1e-6, 0.0), (1.0, 1e4)])
def test_lloyd_goes_on_after_small_moves(scale: float, offset: float) -> None:
    """Agrees with loops after ten steps, the last of them small."""
    points = np.sort(random_points(60, 1, seed=5), axis=0) * scale + offset
    expected = by_loops(points, points[:3], 10)
    assert_allclose((lloyd(points, points[:3].copy(), 10) - offset) / scale, (expected - offset) / scale, atol=1e-6)


def test_one_center() -> None:
    """Moves a single center to the mean of all points."""
    points = random_points(5, 3)
    assert_allclose(lloyd(points, np.zeros((1, 3)), 1), points.mean(axis=0, keepdims=True))


def test_center_of_one_point() -> None:
    """Moves a center to its only point."""
    assert_allclose(lloyd(column(0, 1, 10), column(0.4, 8), 1), column(0.5, 10))


def test_center_without_points() -> None:
    """Leaves a center without points where it is, while the others move."""
    points, centers = column(0, 1, 10, 11), column(0, 500, 9, -500)
    assert_allclose(lloyd(points, centers, 3), column(0.5, 500, 10.5, -500))


def test_integers() -> None:
    """Doesn't truncate the means if points and centers are integers."""
    points = np.array([[0], [1], [10], [13]])
    assert_allclose(lloyd(points, points[[0, 2]], 2), column(0.5, 11.5))


@pytest.mark.edge
def test_lloyd_leaves_inputs_unchanged() -> None:
    """Leaves points and centers unchanged."""
    points, centers = random_points(6, 2), random_points(2, 2, seed=1)
    lloyd(points, centers, 2)
    assert_array_equal(np.vstack([points, centers]), np.vstack([random_points(6, 2), random_points(2, 2, seed=1)]))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_as_many_centers_as_points(seed: int) -> None:
    """Draws every point once if k is N."""
    points = random_points(6, 2, seed=3)
    got = plus_plus(points, 6, np.random.default_rng(seed))
    assert_allclose(np.unique(got, axis=0), np.unique(points, axis=0))


def test_uniform_where_all_distances_are_zero() -> None:
    """Draws the third center uniformly from 0, 5, 5, 5 after 0 and 5."""
    points, rng = column(0, 5, 5, 5), np.random.default_rng(0)
    thirds = [plus_plus(points, 3, rng)[2, 0] for _ in range(60)]
    assert_allclose(np.mean(np.array(thirds) == 5), 0.75, atol=0.24)


@pytest.mark.edge
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_tiny_distances_are_not_zero(seed: int) -> None:
    """Draws every point once even if all are within 1e-6."""
    points = random_points(6, 2, seed=3)
    got = plus_plus(points * 1e-6, 6, np.random.default_rng(seed)) * 1e6
    assert_allclose(np.unique(got.round(9), axis=0), np.unique(points.round(9), axis=0))


def test_one_of_each_cluster() -> None:
    """Draws one center from each of four tight clusters far apart."""
    points = column(*[1e4 * (i % 4) for i in range(400)])
    got = plus_plus(points, 4, np.random.default_rng(0))
    assert_allclose(np.unique(got, axis=0), column(0, 1e4, 2e4, 3e4))


def test_first_center_is_uniform() -> None:
    """Draws the first center uniformly: each of two points half the time."""
    rng = np.random.default_rng(0)
    got = np.mean([plus_plus(column(0, 1), 1, rng) for _ in range(60)])
    assert_allclose(got, 0.5, atol=0.25)


def test_squared_distance() -> None:
    """Draws by squared distance: 81 points at 1 weigh as much as one at 9."""
    points, rng = column(*[0] * 800, *[1] * 81, 9), np.random.default_rng(0)
    got = np.mean([plus_plus(points, 2, rng).max() == 9 for _ in range(60)])
    assert_allclose(got, 0.46, atol=0.25)  # by plain distance 0.1, uniformly 0.0


def test_not_always_the_farthest() -> None:
    """Draws a nearer point too: at 3 and 4, the chances are 9/25 and 16/25."""
    points, rng = column(*[0] * 100, 3, 4), np.random.default_rng(0)
    got = np.mean([plus_plus(points, 2, rng).max() == 4 for _ in range(60)])
    assert_allclose(got, 0.64, atol=0.25)


def test_same_generator_state() -> None:
    """Draws the same centers from the same generator state."""
    points = random_points(20, 2)
    got = plus_plus(points, 4, np.random.default_rng(7))
    assert_array_equal(got, plus_plus(points, 4, np.random.default_rng(7)))


def test_equal_points() -> None:
    """Draws uniformly, without a warning, if all distances are 0."""
    assert_allclose(plus_plus(np.full((3, 2), 5), 3, np.random.default_rng(0)), np.full((3, 2), 5.0))


def test_shape_for_equal_points() -> None:
    """Returns an array of k centers even if all are equal."""
    points = np.ones((4, 2))
    got = plus_plus(points, 3, np.random.default_rng(0)), lloyd(points, np.ones((3, 2)), 1)
    assert [(type(centers).__name__, np.shape(centers)) for centers in got] == [("ndarray", (3, 2))] * 2


@pytest.mark.edge
def test_unsigned_bytes() -> None:
    """Squares distances between bytes without overflow."""
    points = np.array([[0]] * 50 + [[16]] * 50 + [[240]], dtype=np.uint8)  # 16² and 240² are 0 as bytes
    got = plus_plus(points, 3, np.random.default_rng(0))
    assert_allclose(np.unique(got, axis=0), column(0, 16, 240))


@pytest.mark.edge
def test_global_generator_unchanged() -> None:
    """Leaves NumPy's global generator unchanged."""
    np.random.seed(5)  # noqa: NPY002, the global one is meant
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    plus_plus(random_points(6, 2), 3, np.random.default_rng(0))
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


@pytest.mark.edge
def test_plus_plus_leaves_points_unchanged() -> None:
    """Leaves the points unchanged."""
    points = random_points(6, 2)
    plus_plus(points, 3, np.random.default_rng(0))
    assert_array_equal(points, random_points(6, 2))
