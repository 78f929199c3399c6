"""K-means: k-means++ centers, assignment, Lloyd's algorithm. One start, no choice of k."""

import numpy as np


def plus_plus(points: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Points (N, D) -> k of them as centers (k, D), each drawn by squared distance to the ones before it."""
    points = points.astype(float)
    centers = [points[rng.integers(len(points))]]
    nearest = ((points - centers[0]) ** 2).sum(axis=1)  # (N,), squared
    while len(centers) < k:
        weights = nearest / nearest.sum() if nearest.any() else None  # None: uniform
        centers.append(points[rng.choice(len(points), p=weights)])
        nearest = np.minimum(nearest, ((points - centers[-1]) ** 2).sum(axis=1))
    return np.array(centers)


def assign(points: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """(N, D), (k, D) -> index of the nearest center (N,), the lowest of equally near ones."""
    return ((points[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1)  # (N, k, D) -> (N, k) -> (N,)


def lloyd(points: np.ndarray, centers: np.ndarray, steps: int) -> np.ndarray:
    """(N, D), (k, D) -> centers (k, D) after the steps; a center without points stays."""
    centers = centers.astype(float)  # a copy, so the caller's don't change; integers would truncate means
    for _ in range(steps):
        labels = assign(points, centers)
        for j in range(len(centers)):
            if (labels == j).any():
                centers[j] = points[labels == j].mean(axis=0)
    return centers
