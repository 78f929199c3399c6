"""Count the votes of all queries at once: compare the (M, k) labels with each class."""

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
    classes, numbers = np.unique(labels, return_inverse=True)
    winners = [np.bincount(row).argmax() for row in numbers[nearest]]
    return classes[winners]
