"""Standardise new rows by the training rows, not by themselves: one row alone would always be 0."""

import numpy as np
import pandas as pd

NUMBERS = ["age", "income"]
PRIOR = 5  # loans of the mean rate that each adviser gets on top of the real ones


def split(table: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The loans for training and the loans held out: all those of a quarter of the customers, drawn at random."""
    customers = np.random.default_rng(seed).permutation(table["customer"].unique())
    held_out = table["customer"].isin(customers[: round(len(customers) / 4)])
    return table[~held_out], table[held_out]


def encode(train: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Features of `rows` (N, 3): age and income standardised, 0 where missing, and the adviser's rate of defaults."""
    known = rows[NUMBERS].to_numpy()
    numbers = (rows[NUMBERS].to_numpy() - np.nanmean(known, axis=0)) / np.nanstd(known, axis=0)
    loans = train.groupby("adviser")["default"]  # of `train` alone: of `rows` nobody knows it yet
    base = train["default"].mean()
    rates = (loans.sum() + PRIOR * base) / (loans.count() + PRIOR)
    rate = rows["adviser"].map(rates).fillna(base)
    return np.column_stack([np.nan_to_num(numbers), rate])


def predict(train: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """How likely each row is to default (N,), by least squares on `train`, with a bias."""
    features = np.column_stack([np.ones(len(train)), encode(train, train)])  # (M, 4)
    weights = np.linalg.lstsq(features, train["default"].to_numpy(float), rcond=None)[0]  # (4,)
    return weights[0] + encode(train, rows) @ weights[1:]


def area(labels: pd.Series, scores: np.ndarray) -> float:
    """Under the ROC curve: of all pairs of a default and a loan that is none, the share in the right order."""
    labels = labels.to_numpy()
    above = scores[labels == 1][:, None] - scores[labels == 0]
    return float((above > 0).mean() + (above == 0).mean() / 2)


def score(table: pd.DataFrame, seed: int) -> float:
    """Area under the ROC curve on the loans held out."""
    train, test = split(table, seed)
    return area(test["default"], predict(train, test))
