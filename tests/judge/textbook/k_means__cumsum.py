"""Draw by cumsum and searchsorted, expanded square in assign as CS231n has it, np.add.at for the means."""

import numpy as np


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """|a|^2 - 2ab + |b|^2."""
    a, b = a.astype(float), b.astype(float)
    d = (a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1)
    return np.clip(d, 0, None)


def plus_plus(points: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    points = points.astype(float)
    chosen = [int(rng.integers(len(points)))]
    nearest = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < k:
        total = nearest.sum()
        if total == 0:
            i = int(rng.integers(len(points)))
        else:
            i = int(np.searchsorted(np.cumsum(nearest), rng.random() * total, side="right"))
            i = min(i, len(points) - 1)
        chosen.append(i)
        nearest = np.minimum(nearest, ((points - points[i]) ** 2).sum(axis=1))
    return points[chosen]


def assign(points: np.ndarray, centers: np.ndarray) -> np.ndarray:
    return squared_distances(points, centers).argmin(axis=1)


def lloyd(points: np.ndarray, centers: np.ndarray, steps: int) -> np.ndarray:
    centers = np.array(centers, dtype=float)
    for _ in range(steps):
        labels = assign(points, centers)
        sums = np.zeros_like(centers)
        np.add.at(sums, labels, points)
        counts = np.bincount(labels, minlength=len(centers))
        filled = counts > 0
        centers[filled] = sums[filled] / counts[filled, None]
    return centers
