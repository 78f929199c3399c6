"""The pipeline against medians and deviations by hand, and predictions against a loop over rows.

A fit of a ColumnTransformer takes 10 ms: the checks of build look at one, those of out_of_fold use small steps.
"""

import functools
from statistics import fmean, median, pstdev

import numpy as np
import pandas as pd
import pytest
from answer import build, out_of_fold
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal
from sklearn.base import BaseEstimator, RegressorMixin, TransformerMixin
from sklearn.dummy import DummyRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline

pytestmark = pytest.mark.filterwarnings("error")  # the prompt forbids warnings

AGES = [20.0, None, 40.0, 100.0, 60.0, 20.0]
ROOMS = [3.0, 1.0, None, 2.0, 4.0, 5.0]
TRAIN = pd.DataFrame(
    {
        "id": [900, 901, 902, 903, 904, 905],
        "plan": ["b", "a", "b", "b", None, "a"],
        "age": AGES,
        "city": ["rome", "oslo", None, "rome", "bonn", "rome"],
        "one": [1, 1, 1, 1, 1, 1],
        "rooms": ROOMS,
    }
)
NEW = pd.DataFrame(
    {
        "id": [1, 2, 3, 4, 5],
        "plan": ["a", "b", "a", "c", None],
        "age": [30.0, None, 1e4, 70.0, None],
        "city": ["oslo", "rome", None, "paris", "bonn"],
        "one": [1, 1, 1, 1, 1],
        "rooms": [2, 5, 1, 3, 90],
    },
    index=[7, 7, 8, 9, 9],
)


class Keep(RegressorMixin, BaseEstimator):
    """A model that predicts what it's given: the prepared table itself."""

    def fit(self, x: np.ndarray, y: object) -> "Keep":  # noqa: ARG002, an estimator takes it
        self.seen_ = dense(x)
        return self

    def predict(self, x: np.ndarray) -> np.ndarray:
        return dense(x)


class Center(TransformerMixin, BaseEstimator):
    """Subtracts the mean of the rows it is fitted on."""

    def fit(self, x: pd.DataFrame, y: object = None) -> "Center":  # noqa: ARG002, an estimator takes it
        self.mean_ = np.asarray(x).mean(axis=0)
        return self

    def transform(self, x: pd.DataFrame) -> np.ndarray:
        return np.asarray(x) - self.mean_


class Plus(RegressorMixin, BaseEstimator):
    """Predicts the first feature plus the mean of all targets that it has ever been fitted on."""

    def fit(self, x: np.ndarray, y: pd.Series) -> "Plus":  # noqa: ARG002, an estimator takes it
        self.targets_ = [*getattr(self, "targets_", []), *np.asarray(y)]
        return self

    def predict(self, x: np.ndarray) -> np.ndarray:
        return x[:, 0] + np.mean(self.targets_)


def dense(x: object) -> np.ndarray:
    return np.asarray(x.toarray() if hasattr(x, "toarray") else x, dtype=float)


@functools.cache
def fitted() -> Pipeline:
    """One fit for all the checks that only look at the result."""
    return build(["rooms", "age", "one"], ["plan", "city"], Keep()).fit(TRAIN.copy(), np.zeros(6))


@functools.cache
def prepared() -> np.ndarray:
    """What the model gets for the new rows: rooms, age, one; plan a, b; city bonn, oslo, rome."""
    return fitted().predict(NEW.copy())


def scaled(value: float | None, column: list[float | None]) -> float:
    """A value in units of a training column, by hand."""
    middle = median(each for each in column if each is not None)
    filled = [middle if each is None else each for each in column]
    return ((middle if value is None else value) - fmean(filled)) / pstdev(filled)


def table() -> tuple[pd.DataFrame, pd.Series, np.ndarray]:
    """Features, target and folds of seven rows."""
    features = pd.DataFrame({"x": [1.0, 5.0, 2.0, 90.0, 4.0, 7.0, 3.0]}, index=[3, 3, 0, 1, 9, 0, 2])
    target = pd.Series([10.0, 20.0, 70.0, 40.0, 10.0, 90.0, 30.0], index=features.index)
    return features, target, np.array([2, 0, 2, 0, 2, 2, 0])


def small() -> Pipeline:
    return Pipeline([("center", Center()), ("plus", Plus())])


def by_rows(features: pd.DataFrame, target: pd.Series, folds: np.ndarray) -> list[float]:
    """Slow and obvious: what `small` predicts for each row, given the rows of all other folds."""
    x, y, predictions = features["x"].tolist(), target.tolist(), []
    for i, fold in enumerate(folds):
        others = [j for j in range(len(x)) if folds[j] != fold]
        predictions.append(x[i] - fmean(x[j] for j in others) + fmean(y[j] for j in others))
    return predictions


def test_example_out_of_fold() -> None:
    """Matches the second example in the prompt."""
    features, target = pd.DataFrame({"x": [0, 0, 0, 0]}), pd.Series([1.0, 2.0, 9.0, 4.0])
    mean = Pipeline([("model", DummyRegressor())])
    assert_allclose(out_of_fold(mean, features, target, np.array([0, 0, 1, 1])), [6.5, 6.5, 1.5, 1.5])


def test_numbers_are_scaled() -> None:
    """Scales by the training rows' mean and deviation, missing values filled."""
    assert_allclose(prepared()[:2, 0], [scaled(2.0, ROOMS), scaled(5.0, ROOMS)])


def test_scaled_with_the_median() -> None:
    """Counts missing numbers as the median when it scales."""
    assert_allclose(prepared()[[0, 3], 1], [scaled(30.0, AGES), scaled(70.0, AGES)])


def test_missing_number() -> None:
    """Fills a missing number with the training rows' median."""
    assert_allclose(prepared()[[1, 4], 1], [scaled(None, AGES)] * 2)


def test_large_number() -> None:
    """Scales a new value of 1e4 with the training rows' statistics."""
    assert_allclose(prepared()[2, 1], scaled(1e4, AGES))


def test_constant_column() -> None:
    """Turns a constant column into 0."""
    assert_allclose(prepared()[:, 2], np.zeros(5))


def test_one_hot() -> None:
    """Encodes known categories in sorted order, column by column."""
    assert_allclose(prepared()[:2, 3:8], [[1, 0, 0, 1, 0], [0, 1, 0, 0, 1]])


def test_missing_category() -> None:
    """Fills a missing category with the training rows' most frequent one."""
    assert_allclose(prepared()[[2, 4], 3:8], [[1, 0, 0, 0, 1], [0, 1, 1, 0, 0]])


def test_unknown_category() -> None:
    """Encodes an unknown category as all zeros."""
    assert_allclose(prepared()[3, 3:8], np.zeros(5))


def test_other_columns_are_dropped() -> None:
    """Gives the model three numbers and five one-hot columns, but not the id."""
    assert prepared().shape == (5, 8)


def test_training_rows() -> None:
    """Fits the model on the prepared training rows, without NaN."""
    got = fitted()[-1].seen_[[1, 2, 4], 1:8]
    ages = [scaled(None, AGES), scaled(40.0, AGES), scaled(60.0, AGES)]
    one_hot = [[1, 0, 0, 1, 0], [0, 1, 0, 0, 1], [0, 1, 1, 0, 0]]
    assert_allclose(got, [[age, 0, *codes] for age, codes in zip(ages, one_hot, strict=True)], atol=1e-9)


@pytest.mark.edge
def test_alone_as_among_others() -> None:
    """Prepares a new row alone as it does among others, in any column order."""
    got = fitted().predict(NEW.iloc[[4], ::-1])
    assert_allclose(got, prepared()[[4]])


def test_not_fitted_by_build() -> None:
    """Returns a pipeline whose model isn't fitted yet."""
    pipeline = build(["age"], ["city"], Keep())
    assert (isinstance(pipeline, Pipeline), hasattr(pipeline[-1], "seen_")) == (True, False)


def test_by_rows() -> None:
    """Matches a loop over the rows, in their order, whatever the index."""
    features, target, folds = table()
    assert_allclose(out_of_fold(small(), features, target, folds), by_rows(features, target, folds))


@pytest.mark.edge
def test_numbers_of_folds_that_are_missing() -> None:
    """Accepts any integers as folds: -3, 1 and 4."""
    features, target, folds = table()
    folds = np.array([-3, 1, 4])[folds]
    assert_allclose(out_of_fold(small(), features, target, folds), by_rows(features, target, folds))


def test_six_folds() -> None:
    """Leaves the pipeline unfitted after six folds too, with correct results."""
    features, target, _ = table()
    pipeline, folds = small(), np.array([5, 4, 3, 2, 1, 0, 5])
    assert_allclose(out_of_fold(pipeline, features, target, folds), by_rows(features, target, folds))
    assert not hasattr(pipeline[0], "mean_")


@pytest.mark.edge
def test_capitals() -> None:
    """Treats a known category in capitals as an unknown one."""
    new = NEW[:1].assign(plan="A", city="OSLO")
    assert_allclose(fitted().predict(new)[:, 3:8], np.zeros((1, 5)))


def test_a_fold_for_each_row() -> None:
    """Works with as many folds as rows."""
    features, target, folds = table()[0][:3], table()[1][:3], np.array([2, 0, 1])
    assert_allclose(out_of_fold(small(), features, target, folds), by_rows(features, target, folds))


def test_array() -> None:
    """Returns an array with one prediction per row."""
    got = out_of_fold(small(), *table())
    assert (type(got).__name__, np.shape(got)) == ("ndarray", (7,))


@pytest.mark.edge
def test_digits() -> None:
    """Keeps the digits of predictions around 1e9."""
    features, target, folds = table()
    got = out_of_fold(small(), features, target + 1e9, folds) - 1e9
    assert_allclose(got, by_rows(features, target, folds), atol=1e-3)


def test_own_target_does_not_matter() -> None:
    """Predicts the same for a row, whatever its own target is."""
    features, target, folds = table()
    other = target.where(folds != 2, -1e4)
    got = out_of_fold(small(), features, other, folds)
    assert_allclose(got[folds == 2], np.array(by_rows(features, target, folds))[folds == 2])


def test_learns_from_the_other_folds() -> None:
    """Predicts a row from the other folds' targets."""
    features, target, folds = table()
    got = out_of_fold(small(), features, target.where(folds == 2, 1000.0), folds)
    assert_array_equal(got[folds == 2] > 200, [True] * 4)


def test_missing_numbers_of_fold_mates() -> None:
    """Fills a missing number among 280 rows with the other folds' mean."""
    features, target = (pd.concat([each] * 40) for each in table()[:2])
    folds = np.tile(table()[2] // 2, 40)
    features = features.where(np.arange(280)[:, None] != 3)
    fill = Pipeline([("fill", SimpleImputer()), ("plus", Plus())])
    others = folds != 0
    got = out_of_fold(fill, features, target, folds)
    assert_allclose(got[3], features["x"][others].mean() + target[others].mean())


def test_fold_mates_do_not_matter() -> None:
    """Predicts the same for a row, whatever the features in its own fold are."""
    features, target, folds = table()
    other = features.where(np.arange(7)[:, None] != 3, -1e4)
    got = out_of_fold(small(), other, target, folds)
    assert_allclose(got[[1, 6]], np.array(by_rows(features, target, folds))[[1, 6]])


def test_pipeline_stays_unfitted() -> None:
    """Leaves the pipeline it's given unfitted."""
    pipeline = small()
    out_of_fold(pipeline, *table())
    assert [hasattr(pipeline[0], "mean_"), hasattr(pipeline[1], "targets_")] == [False, False]


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Doesn't modify features, target or folds."""
    features, target, folds = table()
    before = features.assign(y=target.to_numpy(), fold=folds)
    out_of_fold(small(), features, target, folds)
    assert_frame_equal(features.assign(y=target.to_numpy(), fold=folds), before)
