"""The best Gini split of a classification tree."""

import numpy as np


def best_split(x: np.ndarray, y: np.ndarray) -> tuple[int, float, float] | None:
    """(N, D), (N,) -> feature, threshold (x <= threshold goes left) and gain; None if no split gains anything."""
    raise NotImplementedError
