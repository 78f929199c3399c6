"""Accumulate squared differences feature by feature, which the prompt allows."""

import numpy as np


def distances(queries: np.ndarray, points: np.ndarray) -> np.ndarray:
    total = np.zeros((len(queries), len(points)))
    for j in range(points.shape[1]):
        total += np.subtract.outer(queries[:, j].astype(float), points[:, j].astype(float)) ** 2
    return np.sqrt(total)


def classify(points: np.ndarray, labels: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    n = len(points)
    if not 0 < k <= n:
        raise ValueError("bad k")
    idx = np.argsort(distances(queries, points), axis=1, kind="stable")[:, :k]
    uniq, inv = np.unique(labels, return_inverse=True)
    votes = np.zeros((len(queries), len(uniq)), dtype=int)
    for j in range(k):
        votes[np.arange(len(queries)), inv[idx[:, j]]] += 1
    return uniq[votes.argmax(axis=1)]
