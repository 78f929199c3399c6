"""Precision, recall and F1 against counts in a loop, and the AUC against all pairs."""

import tracemalloc

import numpy as np
import pytest
from answer import precision_recall_f1, roc_auc
from numpy.testing import assert_allclose, assert_array_equal

pytestmark = pytest.mark.filterwarnings("error")  # the prompt forbids warnings


def by_counting(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Slow and obvious: one class and one row at a time."""
    rows = []
    for c in range(classes):
        both = sum(t == c and p == c for t, p in zip(truth, predicted, strict=True))
        said, true = sum(p == c for p in predicted), sum(t == c for t in truth)
        precision, recall = both / said if said else 0.0, both / true if true else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        rows.append([precision, recall, f1])
    return np.array(rows)


def by_pairs(truth: np.ndarray, scores: np.ndarray) -> float:
    """Slow and obvious: every positive against every negative."""
    pairs = [(p, n) for p in scores[truth == 1] for n in scores[truth == 0]]
    return sum(1.0 if p > n else 0.5 if p == n else 0.0 for p, n in pairs) / len(pairs)


def random_labels(n: int, classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(classes, size=n), rng.integers(classes, size=n)


def test_example_of_three_classes() -> None:
    """Matches the table in the prompt."""
    expected = np.array([[2 / 3] * 3, [0.5] * 3, [0.0] * 3])
    assert_allclose(precision_recall_f1(np.array([0, 0, 0, 1, 1]), np.array([0, 1, 0, 1, 0]), classes=3), expected)


def test_example_auc() -> None:
    """Matches the AUC in the prompt."""
    assert roc_auc(np.array([0, 1, 0, 1]), np.array([0.1, 0.4, 0.4, 0.8])) == pytest.approx(0.875)


@pytest.mark.parametrize(("n", "classes"), [(1, 1), (1, 3), (8, 2), (12, 3), (20, 5)])
def test_counts(n: int, classes: int) -> None:
    """Matches counts from a plain loop."""
    truth, predicted = random_labels(n, classes)
    assert_allclose(precision_recall_f1(truth, predicted, classes), by_counting(truth, predicted, classes))


def test_precision_is_of_the_predicted() -> None:
    """Divides by the predicted count for precision and the true count for recall."""
    truth, predicted = np.array([0, 0, 1, 1, 1, 1]), np.array([0, 0, 0, 0, 1, 1])
    assert_allclose(precision_recall_f1(truth, predicted, 2)[:, :2], np.array([[0.5, 1.0], [1.0, 0.5]]))


def test_f1_is_the_harmonic_mean() -> None:
    """Returns 2PR / (P + R) in the third column."""
    truth, predicted = np.array([1, 0, 0, 0]), np.array([1, 1, 1, 1])
    assert_allclose(precision_recall_f1(truth, predicted, 2)[:, 2], np.array([0.0, 0.4]))


def test_never_predicted() -> None:
    """Returns precision 0 for a class that is never predicted."""
    expected = np.array([[0.5, 1.0, 2 / 3], [0.0, 0.0, 0.0]])
    assert_allclose(precision_recall_f1(np.array([0, 1]), np.array([0, 0]), 2), expected)


def test_never_true() -> None:
    """Returns recall 0 for a class that is never true."""
    expected = np.array([[1.0, 0.5, 2 / 3], [0.0, 0.0, 0.0]])
    assert_allclose(precision_recall_f1(np.array([0, 0]), np.array([0, 1]), 2), expected)


def test_nothing_right() -> None:
    """Returns zeros, without a warning, when every prediction is wrong."""
    assert_allclose(precision_recall_f1(np.array([0, 1]), np.array([1, 0]), 2), np.zeros((2, 3)))


def test_everything_right() -> None:
    """Returns ones when every prediction is right."""
    assert_allclose(precision_recall_f1(np.array([1, 0, 1]), np.array([1, 0, 1]), 2), np.ones((2, 3)))


def test_no_rows() -> None:
    """Returns zeros of shape (classes, 3) when there are no rows."""
    nothing = np.zeros(0, dtype=np.int64)
    assert_array_equal(precision_recall_f1(nothing, nothing, 4), np.zeros((4, 3)))


def test_shape_of_equal_values() -> None:
    """Returns an array of shape (classes, 3) even when all metrics are the same."""
    got = precision_recall_f1(np.array([0, 1]), np.array([0, 1]), 2)
    assert (type(got).__name__, np.shape(got)) == ("ndarray", (2, 3))


@pytest.mark.edge
def test_labels_of_one_byte() -> None:
    """Counts beyond 127 when the labels are bytes."""
    truth = np.array([0] * 200 + [1] * 100, dtype=np.int8)
    expected = np.array([[2 / 3, 1.0, 0.8], [0.0, 0.0, 0.0]])
    assert_allclose(precision_recall_f1(truth, np.zeros(300, dtype=np.int8), 2), expected)


@pytest.mark.parametrize(("n", "seed"), [(2, 2), (7, 0), (12, 1), (25, 2)])
def test_auc_without_ties(n: int, seed: int) -> None:
    """Matches a count over all pairs when all scores differ."""
    rng = np.random.default_rng(seed)
    truth, scores = np.arange(n) % 2, rng.normal(size=n)
    assert roc_auc(truth, scores) == pytest.approx(by_pairs(truth, scores))


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_auc_with_ties(seed: int) -> None:
    """Matches a count over all pairs when many scores are equal."""
    rng = np.random.default_rng(seed)
    truth, scores = rng.permutation(np.arange(14) % 3 == 0).astype(int), rng.integers(4, size=14) / 4
    assert roc_auc(truth, scores) == pytest.approx(by_pairs(truth, scores))


@pytest.mark.parametrize("truth", [[0, 1], [1, 0]])
def test_all_scores_equal(truth: list[int]) -> None:
    """Returns one half when all scores are equal, whatever their order."""
    assert roc_auc(np.array(truth * 3), np.full(6, 0.7)) == pytest.approx(0.5)


def test_tie_is_less_than_order() -> None:
    """Gives a tied pair less than a pair in the right order."""
    assert roc_auc(np.array([0, 1]), np.array([3, 3])) < 1


def test_perfect_order() -> None:
    """Returns 1 when every positive is above every negative."""
    assert roc_auc(np.array([1, 0, 1, 0]), np.array([0.9, -0.3, 0.2, 0.1])) == pytest.approx(1.0)


def test_reversed_order() -> None:
    """Returns 0 when every positive is below every negative."""
    assert roc_auc(np.array([1, 0, 1, 0]), np.array([0.1, 0.3, 0.2, 0.9])) == pytest.approx(0.0)


def test_no_threshold_at_one_half() -> None:
    """Uses only the order, even if all scores are below one half."""
    assert roc_auc(np.array([0, 1, 0, 1]), np.array([0.01, 0.02, 0.03, 0.04])) == pytest.approx(0.75)


def test_large_scores() -> None:
    """Handles scores of 1e4 and -1e4."""
    truth, scores = np.array([0, 0, 1, 1]), np.array([1e4, -1e4, -1e4, 1e4])
    assert roc_auc(truth, scores) == pytest.approx(0.5)


@pytest.mark.edge
def test_nearly_equal_scores() -> None:
    """Keeps the order of scores that are 1e-9 apart."""
    truth, scores = np.array([1, 0, 1, 0]), np.array([0.5 + 1e-9, 0.5, 0.5 + 3e-9, 0.5 + 2e-9])
    assert roc_auc(truth, scores) == pytest.approx(0.75)


@pytest.mark.edge
def test_large_integer_scores() -> None:
    """Keeps the order of neighboring integers above 2**53."""
    assert roc_auc(np.array([1, 0]), np.array([2**53 + 1, 2**53])) == pytest.approx(1.0)


@pytest.mark.edge
def test_many_pairs() -> None:
    """Counts more pairs than int32 can hold."""
    truth = np.arange(100_000, dtype=np.int32) % 2
    assert roc_auc(truth, truth.astype(np.int8)) == pytest.approx(1.0)


@pytest.mark.edge
def test_large_and_infinite_scores() -> None:
    """Handles scores of 1e4 and infinity."""
    scores = np.array([-np.inf, 1e4, -1e4, 1e4, np.inf, np.inf])
    assert roc_auc(np.array([0, 0, 1, 1, 0, 1]), scores) == pytest.approx(
        by_pairs(np.array([0, 0, 1, 1, 0, 1]), scores)
    )


@pytest.mark.parametrize(
    "kind", ["int64", "float32", *(pytest.param(kind, marks=pytest.mark.edge) for kind in ("uint8", "float16"))]
)
def test_kinds_of_scores(kind: str) -> None:
    """Accepts integers and short floats as scores."""
    got = roc_auc(np.array([0, 1, 1, 0]), np.array([3, 200, 3, 0]).astype(kind))
    assert got == pytest.approx(0.875)


def test_booleans() -> None:
    """Accepts booleans as truth."""
    assert roc_auc(np.array([False, True, True]), np.array([0.5, 0.5, 0.1])) == pytest.approx(0.25)


@pytest.mark.edge
def test_truth_of_one_byte() -> None:
    """Counts pairs beyond 255 when the truth is in bytes."""
    truth = np.array([0, 1] * 30, dtype=np.uint8)
    assert roc_auc(truth, np.arange(60)) == pytest.approx(by_pairs(truth, np.arange(60)))


@pytest.mark.parametrize("truth", [[0, 0, 0], [1, 1, 1], [1], [0]])
def test_one_class_only(truth: list[int]) -> None:
    """Raises ValueError if there are no positives or no negatives."""
    with pytest.raises(ValueError):  # noqa: PT011, any message will do
        roc_auc(np.array(truth), np.arange(len(truth)))


@pytest.mark.edge
def test_auc_is_a_float() -> None:
    """Returns a float, not an array."""
    assert isinstance(roc_auc(np.array([0, 1]), np.array([1, 2])), float)


def test_memory() -> None:
    """Doesn't use memory for all pairs of 2000 rows."""
    truth, scores = np.arange(2000) % 2, np.arange(2000) % 7
    roc_auc(truth, scores)
    tracemalloc.start()
    got = roc_auc(truth, scores)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (round(got, 2), peak < 750_000) == (0.5, True)


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Doesn't modify truth, predictions or scores."""
    truth, predicted = random_labels(9, 2)
    precision_recall_f1(truth, predicted, 2)
    roc_auc(truth, predicted)
    assert_array_equal([truth, predicted], random_labels(9, 2))
