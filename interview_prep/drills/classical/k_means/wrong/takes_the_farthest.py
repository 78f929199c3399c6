"""Draw at random by squared distance: always taking the farthest point picks the outliers."""

import numpy as np


def plus_plus(points: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    points = points.astype(float)
    centres = [points[rng.integers(len(points))]]
    nearest = ((points - centres[0]) ** 2).sum(axis=1)
    while len(centres) < k:
        centres.append(points[nearest.argmax()])
        nearest = np.minimum(nearest, ((points - centres[-1]) ** 2).sum(axis=1))
    return np.array(centres)


def assign(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)


def lloyd(points: np.ndarray, centres: np.ndarray, steps: int) -> np.ndarray:
    centres = centres.astype(float)
    for _ in range(steps):
        labels = assign(points, centres)
        for j in range(len(centres)):
            if (labels == j).any():
                centres[j] = points[labels == j].mean(axis=0)
    return centres
