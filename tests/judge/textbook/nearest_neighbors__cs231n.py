"""CS231n's no-loop distances |q|^2 - 2qp + |p|^2 clipped at 0, as the kit's sheets teach; np.unique a row of votes."""

import numpy as np


def distances(queries: np.ndarray, points: np.ndarray) -> np.ndarray:
    queries, points = queries.astype(np.float64), points.astype(np.float64)
    squared = (queries**2).sum(axis=1, keepdims=True) - 2 * queries @ points.T + (points**2).sum(axis=1)
    return np.sqrt(np.clip(squared, 0, None))


def classify(points: np.ndarray, labels: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    if not 1 <= k <= len(points):
        raise ValueError("k must be between 1 and the number of points")
    nearest = np.argsort(distances(queries, points), axis=1, kind="stable")[:, :k]
    classes, codes = np.unique(labels, return_inverse=True)
    votes = codes[nearest]  # (M, k)
    counts = (votes[:, :, None] == np.arange(len(classes))).sum(axis=1)
    return classes[counts.argmax(axis=1)]
