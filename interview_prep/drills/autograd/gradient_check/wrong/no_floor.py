"""Use the floor: rounding noise beside a gradient of 0 is an error of 100 %, and 0/0 is NaN."""

from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], float]
Gradient = Callable[[np.ndarray], np.ndarray]


def numerical_gradient(f: Function, x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    slopes = np.zeros(np.shape(x))
    for at in np.ndindex(slopes.shape):
        up, down = np.array(x, dtype=np.float64), np.array(x, dtype=np.float64)
        up[at] += eps
        down[at] -= eps
        slopes[at] = (f(up) - f(down)) / (2 * eps)
    return slopes


def relative_error(a: np.ndarray, b: np.ndarray, floor: float = 1e-3) -> float:  # noqa: ARG001, the mistake
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"shapes {a.shape} and {b.shape}")
    errors = np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-30)
    return float(errors.max(initial=0.0))


def check_gradient(f: Function, gradient: Gradient, x: np.ndarray, eps: float = 1e-5, tol: float = 1e-5) -> bool:
    expected = numerical_gradient(f, x, eps)
    return relative_error(gradient(np.array(x, dtype=np.float64)), expected) <= tol
