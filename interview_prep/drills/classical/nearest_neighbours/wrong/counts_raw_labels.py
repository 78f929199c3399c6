"""Number the labels with np.unique first: they may be negative or strings."""

import numpy as np


def distances(queries: np.ndarray, points: np.ndarray) -> np.ndarray:
    squares = np.zeros((len(queries), len(points)))
    for q, p in zip(queries.T.astype(float), points.T.astype(float), strict=True):
        squares += (q[:, None] - p) ** 2
    return np.sqrt(squares)


def classify(points: np.ndarray, labels: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    if not 1 <= k <= len(points):
        raise ValueError(f"k is {k}, and there are {len(points)} points")
    nearest = np.argsort(distances(queries, points), axis=1, kind="stable")[:, :k]
    one_hot = np.eye(labels.max() + 1)[labels]
    return one_hot[nearest].sum(axis=1).argmax(axis=1).astype(labels.dtype)
