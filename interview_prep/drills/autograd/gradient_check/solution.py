"""A gradient checker: central differences and a relative error. It doesn't choose eps, and has no complex step."""

from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], float]
Gradient = Callable[[np.ndarray], np.ndarray]


def numerical_gradient(f: Function, x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Central differences of f at x: an array of x's shape, float64."""
    slopes = np.zeros(np.shape(x))
    for at in np.ndindex(slopes.shape):
        up, down = np.array(x, dtype=np.float64), np.array(x, dtype=np.float64)  # f may change its copy
        up[at] += eps
        down[at] -= eps
        slopes[at] = (f(up) - f(down)) / (2 * eps)
    return slopes


def relative_error(a: np.ndarray, b: np.ndarray, floor: float = 1e-3) -> float:
    """The largest |a - b| / max(|a|, |b|, floor) over the entries. Raises ValueError if the shapes differ."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"shapes {a.shape} and {b.shape}")  # (3,) and (3, 1) would broadcast to (3, 3)
    errors = np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), floor)
    return float(errors.max(initial=0.0))


def check_gradient(f: Function, gradient: Gradient, x: np.ndarray, eps: float = 1e-5, tol: float = 1e-5) -> bool:
    """Whether gradient(x) is within tol of central differences. Raises ValueError if its shape isn't x's."""
    expected = numerical_gradient(f, x, eps)
    return relative_error(gradient(np.array(x, dtype=np.float64)), expected) <= tol  # False where the error is NaN
