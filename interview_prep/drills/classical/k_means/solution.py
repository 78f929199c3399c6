"""K-means: k-means++ centers, assignment, Lloyd's algorithm. One start, no choice of k."""

import numpy as np


def plus_plus(points: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Points (N, D) -> k of them as centers (k, D), each drawn by squared distance to the ones before it."""
    points = points.astype(float)
    centres = [points[rng.integers(len(points))]]
    nearest = ((points - centres[0]) ** 2).sum(axis=1)  # (N,), squared
    while len(centres) < k:
        weights = nearest / nearest.sum() if nearest.any() else None  # None: uniform
        centres.append(points[rng.choice(len(points), p=weights)])
        nearest = np.minimum(nearest, ((points - centres[-1]) ** 2).sum(axis=1))
    return np.array(centres)


def assign(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(N, D), (k, D) -> index of the nearest center (N,), the lowest of equally near ones."""
    return ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)  # (N, k, D) -> (N, k) -> (N,)


def lloyd(points: np.ndarray, centres: np.ndarray, steps: int) -> np.ndarray:
    """(N, D), (k, D) -> centers (k, D) after the steps; a center without points stays."""
    centres = centres.astype(float)  # a copy, so the caller's don't change; integers would truncate means
    for _ in range(steps):
        labels = assign(points, centres)
        for j in range(len(centres)):
            if (labels == j).any():
                centres[j] = points[labels == j].mean(axis=0)
    return centres
