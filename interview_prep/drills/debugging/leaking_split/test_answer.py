"""A loan model, compared with loops over rows and scored on signal, on noise and on rows without an outcome."""

import functools
import math

import numpy as np
import pandas as pd
import pytest
from answer import encode, predict, score, split
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal


def of_the_prompt() -> tuple[pd.DataFrame, pd.DataFrame]:
    train = pd.DataFrame(
        {
            "customer": [1, 1, 2],
            "age": [20.0, 40.0, 60.0],
            "income": [1000.0, None, 3000.0],
            "adviser": [7, 7, 8],
            "reminders": [2, 3, 0],
            "default": [1, 1, 0],
        }
    )
    return train, pd.DataFrame({"age": [80.0, None], "income": [None, 3000.0], "adviser": [7, 9]})


def table_of(customers: int, seed: int, loans: int = 3, signal: float = 0.0, share: int = 2) -> pd.DataFrame:
    """Loans in random order; a customer has one outcome, by chance or by income, and `share` an adviser."""
    draw = np.random.default_rng(seed)
    income = draw.normal(size=customers)
    default = (signal * income + draw.normal(size=customers) < 0).astype(int)
    default[:2] = [0, 1]
    rows = draw.permutation(np.arange(customers).repeat(loans))
    return pd.DataFrame(
        {
            "customer": rows,
            "age": draw.normal(40, 9, size=len(rows)),
            "income": np.where(draw.random(len(rows)) < 0.2, np.nan, 500 * income[rows]),
            "adviser": rows // share,
            "reminders": draw.integers(3, size=len(rows)) + 4 * default[rows],
            "default": default[rows],
        }
    )


def by_loops(train: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Slow and obvious: (N, 3), one row at a time."""
    before, features = train.to_dict("records"), []
    known = {name: [each[name] for each in before if not math.isnan(each[name])] for name in ("age", "income")}
    means = {name: sum(values) / len(values) for name, values in known.items()}
    squares = {name: sum((value - means[name]) ** 2 for value in values) for name, values in known.items()}
    base = sum(each["default"] for each in before) / len(before)
    for row in rows.to_dict("records"):
        scaled = [(row[name] - means[name]) / math.sqrt(squares[name] / len(known[name])) for name in known]
        outcomes = [each["default"] for each in before if each["adviser"] == row["adviser"]]
        rate = (sum(outcomes) + 5 * base) / (len(outcomes) + 5)
        features.append([*(0.0 if math.isnan(value) else value for value in scaled), rate])
    return np.array(features)


def risks(train: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Least squares on the features of the loop, by the normal equations."""
    x, y = np.insert(by_loops(train, train), 0, 1.0, axis=1), train["default"].to_numpy(float)
    return np.insert(by_loops(train, rows), 0, 1.0, axis=1) @ np.linalg.solve(x.T @ x, x.T @ y)


@functools.cache
def five_and_four() -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Training rows of five customers, rows of four others, and their features; for checks that change neither."""
    train, rows = table_of(5, 4), table_of(4, 5)
    return train, rows, by_loops(train, rows)


@functools.cache
def eight_and_three() -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Training rows of eight customers, rows of three others, and their risks; for checks that change neither."""
    train, rows = table_of(8, 4, signal=2.0), table_of(3, 5)
    return train, rows, risks(train, rows)


@functools.cache
def predicted() -> np.ndarray:
    """What the answer predicts of the three."""
    train, rows, _ = eight_and_three()
    return predict(train, rows)


def pairs_in_order(labels: np.ndarray, scores: np.ndarray) -> float:
    """Of all pairs of one default and one that is none, the share in the right order; ties count half."""
    better = scores[labels == 1][:, None] - scores[labels == 0]
    return float(((better > 0) + 0.5 * (better == 0)).mean())


def test_example() -> None:
    """Returns the features of the task's example."""
    expected = np.array([[2.44949, 0.0, 0.761905], [0.0, 1.0, 0.666667]])
    assert_allclose(encode(*of_the_prompt()), expected, atol=1e-5)


def test_features() -> None:
    """Matches a loop over the rows, on rows that aren't in the training table."""
    train, rows, expected = five_and_four()
    assert_allclose(encode(train, rows), expected, atol=1e-9)


def test_one_row() -> None:
    """Encodes a row with a missing income the same alone as among others."""
    train, rows, expected = five_and_four()
    assert_allclose(encode(train, rows.iloc[[2]]), expected[[2]], atol=1e-9)


def test_new_adviser() -> None:
    """Gives rows with a new adviser the mean rate."""
    train, rows, expected = five_and_four()
    expected = np.column_stack([expected[1:3, :2], np.full(2, train["default"].mean())])
    assert_allclose(encode(train, rows.iloc[1:3].assign(adviser=99)), expected, atol=1e-9)


def test_outcome_is_unknown() -> None:
    """Needs neither the outcome nor the reminders of the rows it encodes."""
    train, rows, expected = five_and_four()
    assert_allclose(encode(train, rows.drop(columns=["default", "reminders"])), expected, atol=1e-9)


def test_outcome_changes_nothing() -> None:
    """Returns the same features whatever the outcomes of the rows turn out to be."""
    train, rows, expected = five_and_four()
    assert_allclose(encode(train, rows.assign(default=1 - rows["default"])), expected, atol=1e-9)


def test_reminders_change_nothing() -> None:
    """Returns the same features however many reminders were sent."""
    train, rows, expected = five_and_four()
    got = encode(train.assign(reminders=9 * train["default"]), rows.assign(reminders=7 * rows["default"]))
    assert_allclose(got, expected, atol=1e-9)


def test_shifted_rows() -> None:
    """Standardizes new rows with the training rows' statistics."""
    train, rows = table_of(5, 6), table_of(4, 7)
    rows[["age", "income"]] = 100 + 10 * rows[["age", "income"]]
    assert_allclose(encode(train, rows), by_loops(train, rows), atol=1e-9)


@pytest.mark.edge
def test_index_with_duplicates() -> None:
    """Works if the index has duplicates."""
    train, rows = table_of(5, 8), table_of(4, 9)
    expected = by_loops(train, rows)
    train.index, rows.index = pd.Index([0] * len(train)), pd.Index([0] * len(rows))
    assert_allclose(encode(train, rows), expected, atol=1e-9)


@pytest.mark.parametrize("customers", [4, 14])
def test_customers_are_apart(customers: int) -> None:
    """Puts all loans of a customer on one side."""
    train, test = split(table_of(customers, 0), seed=1)
    assert set(train["customer"]) & set(test["customer"]) == set()


@pytest.mark.parametrize(("customers", "held_out"), [(4, 1), (9, 2), (14, 4)])
def test_a_quarter_is_held_out(customers: int, held_out: int) -> None:
    """Holds out a quarter of the customers, rounded."""
    _, test = split(table_of(customers, 0), seed=2)
    assert test["customer"].nunique() == held_out


def test_every_loan_once() -> None:
    """Puts every loan on exactly one side, unchanged and in the table's order."""
    table = table_of(9, 1)
    train, test = split(table, seed=0)
    assert_frame_equal(pd.concat([train, test]).sort_index(), table)
    assert (train.index.is_monotonic_increasing, test.index.is_monotonic_increasing) == (True, True)


def test_seed() -> None:
    """Splits the same way with the same seed, and differently with others."""
    table = table_of(40, 2)
    drawn = [frozenset(split(table, seed)[1]["customer"]) for seed in (0, 1, 2, 0)]
    assert (drawn[3] == drawn[0], len(set(drawn))) == (True, 3)


def test_names_of_customers() -> None:
    """Works for customers with names as it does for those with numbers."""
    table = table_of(9, 3)
    table["customer"] = "c" + table["customer"].astype(str)
    train, test = split(table, seed=0)
    assert (set(train["customer"]) & set(test["customer"]), test["customer"].nunique()) == (set(), 2)


def test_least_squares() -> None:
    """Predicts the same as least squares on the loop's features."""
    assert_allclose(predicted(), eight_and_three()[2], atol=1e-6)


def test_predicts_the_future() -> None:
    """Predicts rows whose outcomes and reminders nobody knows yet."""
    train, rows, _ = eight_and_three()
    assert_allclose(predict(train, rows.drop(columns=["default", "reminders"])), predicted(), atol=1e-9)


def test_score() -> None:
    """Scores the held-out loans by the share of pairs in the right order."""
    table = table_of(80, 6, signal=1.0)
    train, test = split(table, seed=3)
    assert score(table, seed=3) == pytest.approx(
        pairs_in_order(test["default"].to_numpy(), predict(train, test)), abs=1e-9
    )


@pytest.mark.edge
def test_score_is_one_number() -> None:
    """Returns the score as a float."""
    assert type(score(table_of(24, 6), seed=3)) is float


def test_noise() -> None:
    """Scores about one half on pure noise, however many loans a customer has."""
    assert score(table_of(1200, 0, loans=2), 0) == pytest.approx(0.5, abs=0.12)


def test_score_comes_true() -> None:
    """Learns if income decides, and the score holds up with new customers."""
    table, later = (table_of(200, seed, signal=3.0, share=20) for seed in (7, 8))
    later["adviser"] += 1000
    found = pairs_in_order(later["default"].to_numpy(), predict(table, later.drop(columns=["default", "reminders"])))
    assert found > 0.9
    assert score(table, 0) == pytest.approx(found, abs=0.2)


@pytest.mark.edge
def test_tables_unchanged() -> None:
    """Doesn't modify its tables."""
    table, rows = table_of(9, 1), table_of(4, 2)
    split(table, 0)
    predict(table, rows)
    assert_frame_equal(table, table_of(9, 1))
    assert_array_equal(rows.to_numpy(), table_of(4, 2).to_numpy())


@pytest.mark.edge
def test_capitals_in_names() -> None:
    """Treats names that differ only in capitals as different customers."""
    table = table_of(8, 3)
    table["customer"] = [("a" if customer % 2 else "A") + "b" * (customer // 2) for customer in table["customer"]]
    held_out = [frozenset(split(table, seed)[1]["customer"]) for seed in range(6)]
    assert [len(names) for names in held_out] == [2] * 6
    assert max(len({name.lower() for name in names}) for names in held_out) == 2


@pytest.mark.edge
def test_global_generator() -> None:
    """Leaves NumPy's global generator alone."""
    before = np.random.get_state()[1].tolist()  # noqa: NPY002, it is what must not change
    split(table_of(9, 1), seed=3)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


@pytest.mark.edge
def test_two_loans() -> None:
    """Works with two training loans, both of which defaulted."""
    train, rows = of_the_prompt()
    train = train.iloc[[0, 2]].assign(default=1)
    assert_allclose(encode(train, rows), by_loops(train, rows), atol=1e-9)


@pytest.mark.edge
def test_score_of_ties() -> None:
    """Counts ties as half: with nothing to go by, the score is one half."""
    table = table_of(8, 3).assign(age=[30.0, 50.0] * 12, income=[50.0, 30.0] * 12, adviser=1)
    table["default"] = (table["customer"] % 2).to_numpy()
    scores = []
    for seed in range(6):
        train, test = split(table, seed)
        if test["default"].nunique() == 2:
            scores.append((score(table, seed), pairs_in_order(test["default"].to_numpy(), predict(train, test))))
    assert [got for got, _ in scores] == pytest.approx([expected for _, expected in scores], abs=1e-9)
