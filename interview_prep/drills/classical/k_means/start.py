"""K-means: k-means++ centers, assignment, Lloyd's algorithm."""

import numpy as np


def plus_plus(points: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Points (N, D) -> k of them as centers (k, D), each drawn by squared distance to the ones before it."""
    raise NotImplementedError


def assign(points: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """(N, D), (k, D) -> index of the nearest center (N,), the lowest of equally near ones."""
    raise NotImplementedError


def lloyd(points: np.ndarray, centers: np.ndarray, steps: int) -> np.ndarray:
    """(N, D), (k, D) -> centers (k, D) after the steps; a center without points stays."""
    raise NotImplementedError
