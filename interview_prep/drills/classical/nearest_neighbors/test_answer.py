"""k nearest neighbors against loops, with the lines that run and the memory counted."""

import math
import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any

import answer
import numpy as np
import pytest
from answer import classify, distances
from numpy.testing import assert_allclose, assert_array_equal

POINTS = np.array([[0, 0], [3, 4], [6, 8], [0, 1]])
LABELS = np.array(["b", "a", "a", "b"])


def apart(a: np.ndarray, b: np.ndarray) -> float:
    return math.sqrt(sum((float(x) - float(y)) ** 2 for x, y in zip(a, b, strict=True)))


def by_loops(points: np.ndarray, labels: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    """Slow and obvious: one query at a time."""
    winners = []
    for query in queries:
        nearest = sorted(range(len(points)), key=lambda i: (apart(query, points[i]), i))[:k]
        votes = [labels[i] for i in nearest]
        winners.append(min(set(votes), key=lambda label: (-votes.count(label), label)))
    return np.array(winners)


def random_inputs(m: int, n: int, d: int, classes: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, labels and queries."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, d)), rng.integers(classes, size=n), rng.normal(size=(m, d))


def column(*values: float) -> np.ndarray:
    """Points on a line, (N, 1)."""
    return np.array(values)[:, None]


def lines_run(function: Callable[..., Any], *args: Any) -> int:
    """How many lines of the answer a call runs."""
    count, before = 0, sys.gettrace()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename != answer.__file__:
            return None
        count += event == "line"
        return trace

    sys.settrace(trace)
    try:
        function(*args)
    finally:
        sys.settrace(before)
    return count


def test_example_distances() -> None:
    """Matches the distances in the task."""
    assert_allclose(distances(np.array([[0, 0]]), POINTS), np.array([[0.0, 5.0, 10.0, 1.0]]), atol=1e-6)


def test_example_three_neighbors() -> None:
    """Matches the labels in the task for three neighbors."""
    assert_array_equal(classify(POINTS, LABELS, np.array([[0, 0], [5, 6]]), k=3), np.array(["b", "a"]))


def test_example_four_neighbors() -> None:
    """Matches the label in the task when the votes are tied."""
    assert_array_equal(classify(POINTS, LABELS, np.array([[0, 0]]), k=4), np.array(["a"]))


@pytest.mark.parametrize(("m", "n", "d"), [(1, 1, 1), (1, 4, 2), (3, 3, 3), (4, 2, 5)])
def test_distances(m: int, n: int, d: int) -> None:
    """Agrees with a loop over queries and points."""
    points, _, queries = random_inputs(m, n, d)
    expected = np.array([[apart(query, point) for point in points] for query in queries])
    assert_allclose(distances(queries, points), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("m", "n", "k"), [(3, 1, 1), (4, 4, 1), (5, 9, 4), (1, 12, 5), (6, 7, 7), (6, 40, 25)])
def test_classify(m: int, n: int, k: int) -> None:
    """Agrees with a loop over queries."""
    points, labels, queries = random_inputs(m, n, 2)
    assert_array_equal(classify(points, labels, queries, k), by_loops(points, labels, queries, k))


def test_same_point() -> None:
    """Gives 0, not NaN, between a point and itself."""
    points, _, _ = random_inputs(1, 50, 3)
    assert_allclose(np.diag(distances(points, points)), np.zeros(50), atol=1e-6)


@pytest.mark.edge
def test_far_from_the_origin() -> None:
    """Keeps its digits when all points are around 1e6."""
    points, _, queries = random_inputs(3, 4, 2)
    expected = np.array([[apart(query, point) for point in points + 1e6] for query in queries + 1e6])
    assert_allclose(distances(queries + 1e6, points + 1e6), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.edge
def test_close_together_in_two_far_places() -> None:
    """Keeps its digits when points are close together in two places far apart."""
    points = np.array([[1e6, 0.0], [1e6 + 1e-3, 0.0], [-1e6, 0.0]])
    assert_allclose(distances(points[:1], points[1:]), np.array([[1e-3, 2e6]]), rtol=1e-6, atol=1e-6)


def test_far_queries() -> None:
    """Gives large distances for queries of 1e4."""
    assert_allclose(distances(column(1e4, -1e4), column(1.0, -1.0)), np.array([[9999.0, 10001.0], [10001.0, 9999.0]]))


def test_equally_distant() -> None:
    """Takes the lowest indices among many equally distant points."""
    points, labels = np.random.default_rng(0).integers(-2, 3, size=(64, 1)), -np.arange(64)
    queries = np.arange(-2, 3)[:, None]
    assert_array_equal(classify(points, labels, queries, k=6), by_loops(points, labels, queries, k=6))


@pytest.mark.edge
def test_nearly_equal_distances() -> None:
    """Takes the nearer of two points whose distances differ in the tenth digit."""
    points, labels = column(1 + 1e-10, 1.0, 1 + 2e-10), np.array([0, 1, 2])
    assert_array_equal(classify(points, labels, column(0.0), k=1), np.array([1]))


def test_equal_votes() -> None:
    """Takes the smallest label among tied votes, not the nearest one."""
    points, labels = column(1.0, 2.0, 3.0, 4.0), np.array([5, 3, 3, 5])
    assert_array_equal(classify(points, labels, column(0.0), k=4), np.array([3]))


def test_majority_beats_the_nearest() -> None:
    """Counts votes: two farther points outvote the nearest."""
    assert_array_equal(classify(column(1, 4, 5, 50), np.array([0, 1, 1, 0]), column(0), k=3), np.array([1]))


def test_negative_labels() -> None:
    """Accepts labels that are negative and far apart."""
    labels = np.array([-7, 100, -7, 100])
    assert_array_equal(classify(column(0, 10, 1, 11), labels, column(2, 9), k=2), np.array([-7, 100]))


def test_strings() -> None:
    """Accepts strings as labels and compares them as strings."""
    labels = np.array(["Dog", "cat", "cow"])  # capitals come first
    assert_array_equal(classify(column(0, 2, 4), labels, column(1, 4), k=2), np.array(["Dog", "cat"]))


def test_labels_dtype() -> None:
    """Returns labels in their own dtype."""
    got = classify(column(0, 5), np.array([1, 2], dtype=np.int8), column(4), k=1)
    assert got.dtype == np.int8


@pytest.mark.edge
def test_distances_dtype() -> None:
    """Returns float64 even for float32 and integers."""
    got = [distances(column(0, 5).astype(kind), column(4).astype(kind)).dtype for kind in ("float32", "int16")]
    assert got == [np.float64, np.float64]


def test_shapes_of_equal_values() -> None:
    """Returns arrays even if all distances or all labels are equal."""
    points, labels = np.ones((3, 2)), np.array([7, 7, 7])
    got = distances(points[:2], points), classify(points, labels, points[:2], k=2)
    assert [(type(values).__name__, np.shape(values)) for values in got] == [("ndarray", (2, 3)), ("ndarray", (2,))]


@pytest.mark.edge
def test_unsigned_bytes() -> None:
    """Subtracts and squares bytes without overflow."""
    pixels = column(0, 100, 255).astype(np.uint8)
    assert_allclose(distances(pixels, pixels[:2]), np.array([[0.0, 100.0], [100.0, 0.0], [255.0, 155.0]]), atol=1e-6)


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Accepts transposed and reversed views."""
    points, labels, queries = random_inputs(2, 6, 3)
    got = classify(np.asfortranarray(points)[::-1], labels[::-1], queries[:, ::-1], 3)
    assert_array_equal(got, by_loops(points[::-1], labels[::-1], queries[:, ::-1], 3))


def test_no_loop_in_distances() -> None:
    """Runs as many lines for 40 queries and points as for 4."""
    few, many = random_inputs(4, 4, 2), random_inputs(40, 40, 2)
    assert lines_run(distances, many[2], many[0]) == lines_run(distances, few[2], few[0])


def test_no_loop_in_classify() -> None:
    """Runs as many lines for 40 queries and points as for 10."""
    few, many = random_inputs(10, 10, 2, classes=2), random_inputs(40, 40, 2, classes=2)
    assert lines_run(classify, many[0], many[1], many[2], 3) == lines_run(classify, few[0], few[1], few[2], 3)


def test_memory() -> None:
    """Uses memory for a few (M, N) arrays, not for one of (M, N, D)."""
    points, _, queries = random_inputs(30, 30, 100)
    distances(queries, points)
    tracemalloc.start()
    got = distances(queries, points)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (got.shape, peak < 30 * 30 * 50 * 8) == ((30, 30), True)


@pytest.mark.parametrize("k", [0, 5, -1])
def test_wrong_k(k: int) -> None:
    """Raises ValueError if k isn't between 1 and N."""
    with pytest.raises(ValueError):  # noqa: PT011, whatever it says
        classify(POINTS, LABELS, POINTS, k)


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Leaves points, labels and queries unchanged."""
    points, labels, queries = random_inputs(3, 5, 2)
    classify(points, labels, queries, 3)
    again = random_inputs(3, 5, 2)
    assert_array_equal(np.vstack([points, queries]), np.vstack([again[0], again[2]]))
