"""K-means: k-means++ centres, assignment, Lloyd's iteration."""

import numpy as np


def plus_plus(points: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Points (N, D) -> k of them as centres (k, D), each drawn by its squared distance to those before."""
    raise NotImplementedError


def assign(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(N, D), (k, D) -> index of the nearest centre (N,), the lower of equally near ones."""
    raise NotImplementedError


def lloyd(points: np.ndarray, centres: np.ndarray, steps: int) -> np.ndarray:
    """(N, D), (k, D) -> centres (k, D) after the steps; a centre without points stays."""
    raise NotImplementedError
