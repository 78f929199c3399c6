"""From-scratch tutorial: norms over a broadcast difference, rng.choice with p, a loop over clusters with mask.any()."""

import numpy as np


def plus_plus(points: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    n = len(points)
    centers = [points[rng.integers(n)]]
    for _ in range(1, k):
        dist_sq = np.min([np.sum((points - c) ** 2, axis=1) for c in centers], axis=0)
        total = dist_sq.sum()
        probs = dist_sq / total if total > 0 else np.full(n, 1 / n)
        centers.append(points[rng.choice(n, p=probs)])
    return np.array(centers, dtype=float)


def assign(points: np.ndarray, centers: np.ndarray) -> np.ndarray:
    dists = np.linalg.norm(points[:, None, :] - centers[None, :, :], axis=2)
    return np.argmin(dists, axis=1)


def lloyd(points: np.ndarray, centers: np.ndarray, steps: int) -> np.ndarray:
    centers = centers.astype(float).copy()
    for _ in range(steps):
        labels = assign(points, centers)
        new_centers = centers.copy()
        for j in range(len(centers)):
            mask = labels == j
            if mask.any():
                new_centers[j] = points[mask].mean(axis=0)
        if np.allclose(new_centers, centers, rtol=0, atol=0):
            break
        centers = new_centers
    return centers
