"""From-scratch tutorial: norms over a broadcast difference, rng.choice with p, a loop over clusters with mask.any()."""

import numpy as np


def plus_plus(points: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    n = len(points)
    centres = [points[rng.integers(n)]]
    for _ in range(1, k):
        dist_sq = np.min([np.sum((points - c) ** 2, axis=1) for c in centres], axis=0)
        total = dist_sq.sum()
        probs = dist_sq / total if total > 0 else np.full(n, 1 / n)
        centres.append(points[rng.choice(n, p=probs)])
    return np.array(centres, dtype=float)


def assign(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    dists = np.linalg.norm(points[:, None, :] - centres[None, :, :], axis=2)
    return np.argmin(dists, axis=1)


def lloyd(points: np.ndarray, centres: np.ndarray, steps: int) -> np.ndarray:
    centres = centres.astype(float).copy()
    for _ in range(steps):
        labels = assign(points, centres)
        new_centres = centres.copy()
        for j in range(len(centres)):
            mask = labels == j
            if mask.any():
                new_centres[j] = points[mask].mean(axis=0)
        if np.allclose(new_centres, centres, rtol=0, atol=0):
            break
        centres = new_centres
    return centres
