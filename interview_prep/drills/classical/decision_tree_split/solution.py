"""The best Gini split of a classification tree: one sort per feature. No weights, no missing values."""

import numpy as np


def gini(counts: np.ndarray) -> np.ndarray:
    """Class counts (..., C) -> impurity (...)."""
    shares = counts / counts.sum(axis=-1, keepdims=True)
    return 1 - (shares**2).sum(axis=-1)


def best_split(x: np.ndarray, y: np.ndarray) -> tuple[int, float, float] | None:
    """(N, D), (N,) -> feature, threshold (x <= threshold goes left) and gain; None if no split gains anything."""
    if len(x) < 2:
        return None
    one_hot = y[:, None] == np.unique(y)  # (N, C)
    total = one_hot.sum(axis=0)
    best, found = 1e-12, None
    for feature, values in enumerate(x.T.astype(float)):
        order = values.argsort()
        column = values[order]
        left = one_hot[order].cumsum(axis=0)[:-1]  # (N - 1, C): the cut is after row i
        right = total - left
        impurity = (left.sum(axis=1) * gini(left) + right.sum(axis=1) * gini(right)) / len(x)
        gain = np.where(column[:-1] < column[1:], gini(total) - impurity, 0)  # no cut between equal values
        cut = gain.argmax()
        if gain[cut] > best:
            best, found = gain[cut], (feature, float(column[cut] + column[cut + 1]) / 2, float(gain[cut]))
    return found
