"""The best split against a search that recounts every side, and the number of lines that it runs."""

import sys
from collections.abc import Callable
from itertools import pairwise
from types import FrameType
from typing import Any

import answer
import numpy as np
import pytest
from answer import best_split
from numpy.testing import assert_array_equal


def impurity(labels: list[Any]) -> float:
    return 1 - sum((labels.count(label) / len(labels)) ** 2 for label in set(labels))


def by_loops(x: np.ndarray, y: np.ndarray) -> tuple[int, float, float] | None:
    """Slow and obvious: every feature, every threshold, every row."""
    best, found, labels = 1e-12, None, y.tolist()
    for feature in range(x.shape[1]):
        values = x[:, feature].tolist()
        distinct = sorted(set(values))
        for low, high in pairwise(distinct):
            left = [label for value, label in zip(values, labels, strict=True) if value <= low]
            right = [label for value, label in zip(values, labels, strict=True) if value > low]
            after = (len(left) * impurity(left) + len(right) * impurity(right)) / len(labels)
            if impurity(labels) - after > best + 1e-12:
                best = impurity(labels) - after
                found = feature, (low + high) / 2, best
    return found


def random_rows(n: int, d: int, classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.integers(classes, size=n)


def column(*values: float) -> np.ndarray:
    """One feature, (N, 1)."""
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


def test_example() -> None:
    """Matches the split in the task."""
    x, y = np.array([[5, 1], [5, 2], [5, 4], [5, 4]]), np.array([0, 0, 1, 0])
    assert best_split(x, y) == pytest.approx((1, 3.0, 0.125))


def test_example_constant() -> None:
    """Returns None if the only feature is constant, as in the task."""
    assert best_split(column(5, 5, 5, 5), np.array([0, 0, 1, 0])) is None


@pytest.mark.parametrize(
    ("n", "d", "classes", "seed"),
    [(2, 1, 2, 2), (3, 3, 3, 1), (8, 2, 2, 0), (9, 3, 4, 1), (15, 2, 3, 2), (30, 2, 9, 0)],
)
def test_random(n: int, d: int, classes: int, seed: int) -> None:
    """Agrees with a search over all thresholds."""
    x, y = random_rows(n, d, classes, seed)  # of seeds whose best split is better than all others
    assert best_split(x, y) == pytest.approx(by_loops(x, y))


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_repeated_values(seed: int) -> None:
    """Agrees with the search when many rows have the same value."""
    rng = np.random.default_rng(seed)
    x, y = rng.integers(4, size=(12, 2)), rng.integers(3, size=12)
    assert best_split(x, y) == pytest.approx(by_loops(x, y))


def test_equal_values_stay_together() -> None:
    """Doesn't cut between rows with equal values, even if that would be pure."""
    x, y = column(1, 1, 1, 2), np.array([0, 0, 1, 1])
    assert best_split(x, y) == pytest.approx((0, 1.5, 1 / 6))


def test_sides_are_weighted() -> None:
    """Weights each side by its rows: one pure row isn't worth much."""
    x, y = column(1, 2, 3, 4, 5, 6), np.array([1, 0, 0, 0, 1, 1])
    assert best_split(x, y) == pytest.approx(by_loops(x, y))


def test_threshold_is_the_midpoint() -> None:
    """Puts the threshold halfway between the two values."""
    assert best_split(column(1.0, 4.0, 10.0), np.array([0, 0, 1]))[1] == pytest.approx(7.0)


def test_gain() -> None:
    """Gives the gain in Gini impurity, here with three classes."""
    assert best_split(column(1, 1, 2), np.array([0, 1, 2]))[2] == pytest.approx(1 / 3)


def test_descending_rows() -> None:
    """Accepts rows in any order."""
    assert best_split(column(9, 7, 2, 1), np.array([1, 1, 0, 0])) == pytest.approx((0, 4.5, 0.5))


def test_best_of_all_features() -> None:
    """Takes the best of all features, not the last one or the first with a gain."""
    x = np.array([[1, 4, 2], [2, 1, 1], [3, 2, 4], [4, 3, 3]])
    assert best_split(x, np.array([0, 1, 1, 0])) == pytest.approx((1, 2.5, 0.5))


def test_equal_features() -> None:
    """Takes the lowest of features with equal gains."""
    x = np.repeat(column(1, 2, 3, 4), 3, axis=1) * np.array([1, 2, 3])
    assert best_split(x, np.array([0, 0, 1, 1])) == pytest.approx((0, 2.5, 0.5))


def test_equal_thresholds() -> None:
    """Takes the lowest of thresholds with equal gains."""
    y = np.array([0, 0, 1, 1, 0, 1, 0, 0])  # sums of powers of two: both gains are equal however they are computed
    assert best_split(column(8, 7, 6, 5, 4, 3, 2, 1), y) == pytest.approx((0, 2.5, 3 / 32))


def test_constant_feature_is_skipped() -> None:
    """Skips a constant feature that comes first."""
    x = np.array([[7.0, 1.0], [7.0, 2.0], [7.0, 3.0]])
    assert best_split(x, np.array([1, 1, 0])) == pytest.approx((1, 2.5, 4 / 9))


def test_one_class() -> None:
    """Returns None if all rows have the same class."""
    assert best_split(column(1, 2, 3), np.array([4, 4, 4])) is None


def test_no_gain() -> None:
    """Returns None for XOR, where no single split gains anything."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    assert best_split(x, np.array([0, 1, 1, 0])) is None


@pytest.mark.edge
def test_gain_of_rounding_only() -> None:
    """Returns None if a gain is only rounding."""
    assert best_split(column(0, 0, 0, 1, 1, 1, 1, 1, 1), np.array([0, 1, 2, 0, 0, 1, 1, 2, 2])) is None


def test_one_row() -> None:
    """Returns None for a single row."""
    assert best_split(np.array([[1.0, 2.0]]), np.array([0])) is None


def test_labels_far_apart() -> None:
    """Accepts labels that are negative and far apart."""
    assert best_split(column(1, 2, 3, 4), np.array([-5, 900, 900, 900])) == pytest.approx((0, 1.5, 0.375))


def test_strings() -> None:
    """Accepts strings as labels."""
    assert best_split(column(1, 2, 3, 4), np.array(["no", "no", "yes", "yes"])) == pytest.approx((0, 2.5, 0.5))


def test_capitals() -> None:
    """Treats labels that differ only in capitals as two classes."""
    assert best_split(column(1, 2), np.array(["no", "No"])) == pytest.approx((0, 1.5, 0.5))


@pytest.mark.edge
def test_nearly_equal_values() -> None:
    """Cuts halfway between two values that are 1e-9 apart."""
    got = best_split(column(1.0, 1 + 1e-9), np.array([0, 1]))
    assert got == pytest.approx((0, 1 + 5e-10, 0.5), rel=1e-12)


@pytest.mark.edge
def test_small_gain() -> None:
    """Finds a gain of 1e-7 among 4,000 rows."""
    x, y = column(*[0] * 2000, *[1] * 2000), np.arange(4000) % 2
    y[0] = 1  # 1,001 of 2,000 on the left, 1,000 on the right
    assert best_split(x, y) == pytest.approx(by_loops(x, y), rel=1e-6)


def test_every_row_another_class() -> None:
    """Splits two rows of two classes."""
    assert best_split(column(4, 1), np.array([3, 7])) == pytest.approx((0, 2.5, 0.5))


def test_large_values() -> None:
    """Finds thresholds among values of 1e4 and -1e4."""
    assert best_split(column(-1e4, 1e4, 1e4 + 1), np.array([0, 0, 1])) == pytest.approx((0, 10000.5, 4 / 9))


@pytest.mark.edge
def test_unsigned_bytes() -> None:
    """Finds the midpoint of two bytes without overflow."""
    x = column(200, 250, 10).astype(np.uint8)
    assert best_split(x, np.array([0, 1, 0])) == pytest.approx((0, 225.0, 4 / 9))


@pytest.mark.edge
def test_plain_numbers() -> None:
    """Returns the feature as an int, and threshold and gain as floats."""
    got = best_split(column(1, 2, 3), np.array([0, 0, 1]))
    assert [isinstance(got[0], int | np.integer), *[isinstance(each, float) for each in got[1:]]] == [True, True, True]


def test_no_loop_over_rows() -> None:
    """Runs as many lines for 40 rows as for 10."""
    y = np.arange(40) % 2
    x = np.stack([y, np.arange(40)], axis=1)
    assert lines_run(best_split, x, y) == lines_run(best_split, x[:10], y[:10])


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Leaves x and y unchanged."""
    x, y = random_rows(6, 2, 2)
    best_split(x, y)
    assert_array_equal(np.column_stack([x, y]), np.column_stack(random_rows(6, 2, 2)))
