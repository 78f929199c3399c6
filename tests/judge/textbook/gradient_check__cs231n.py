"""CS231n: nditer with multi_index, write x in place and restore it."""

from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], float]
Gradient = Callable[[np.ndarray], np.ndarray]


def numerical_gradient(f: Function, x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    x = np.array(x, dtype=np.float64)
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index", "zerosize_ok"])
    while not it.finished:
        ix = it.multi_index
        plus, minus = x.copy(), x.copy()
        plus[ix] += eps
        minus[ix] -= eps
        grad[ix] = (f(plus) - f(minus)) / (2 * eps)
        it.iternext()
    return grad


def relative_error(a: np.ndarray, b: np.ndarray, floor: float = 1e-3) -> float:
    if a.shape != b.shape:
        raise ValueError(f"shapes differ: {a.shape} and {b.shape}")
    if a.size == 0:
        return 0.0
    return float(np.max(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), floor)))


def check_gradient(f: Function, gradient: Gradient, x: np.ndarray, eps: float = 1e-5, tol: float = 1e-5) -> bool:
    x = np.array(x, dtype=np.float64)
    analytic = gradient(x.copy())
    return relative_error(analytic, numerical_gradient(f, x, eps)) <= tol
