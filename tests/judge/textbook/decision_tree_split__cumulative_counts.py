"""One-hot counts of classes in sorted order, cumulative, argmax over all positions where the value changes."""

import numpy as np


def gini(counts: np.ndarray) -> np.ndarray:
    total = counts.sum(axis=-1, keepdims=True)
    return 1 - ((counts / total) ** 2).sum(axis=-1)


def best_split(x: np.ndarray, y: np.ndarray) -> tuple[int, float, float] | None:
    n, d = x.shape
    classes, codes = np.unique(y, return_inverse=True)
    one_hot = np.eye(len(classes))[codes]  # (N, K)
    total = one_hot.sum(axis=0)
    parent = gini(total)
    best = None
    best_gain = 1e-12
    for feature in range(d):
        order = np.argsort(x[:, feature], kind="stable")
        values = x[order, feature].astype(float)
        left = one_hot[order].cumsum(axis=0)[:-1]  # (N - 1, K)
        right = total - left
        n_left = np.arange(1, n)
        gain = parent - (n_left * gini(left) + (n - n_left) * gini(right)) / n
        gain[values[1:] == values[:-1]] = -np.inf
        if len(gain) == 0:
            continue
        i = int(np.argmax(gain))
        if gain[i] > best_gain:
            best_gain = gain[i]
            best = (feature, float((values[i] + values[i + 1]) / 2), float(gain[i]))
    return best
