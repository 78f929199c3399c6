"""np.ndindex with one step array a time, np.maximum.reduce, as a tutorial would have it."""

from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], float]
Gradient = Callable[[np.ndarray], np.ndarray]


def numerical_gradient(f: Function, x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    x = x.astype(np.float64)
    grad = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = eps
        grad[index] = (f(x + step) - f(x - step)) / (2 * eps)
    return grad


def relative_error(a: np.ndarray, b: np.ndarray, floor: float = 1e-3) -> float:
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        raise ValueError("shapes must match")
    scale = np.maximum.reduce([np.abs(a), np.abs(b), np.full(a.shape, floor)])
    return float((np.abs(a - b) / scale).max(initial=0.0))


def check_gradient(f: Function, gradient: Gradient, x: np.ndarray, eps: float = 1e-5, tol: float = 1e-5) -> bool:
    g = gradient(x.astype(np.float64))
    n = numerical_gradient(f, x, eps)
    return bool(relative_error(g, n) <= tol)
