"""A gradient checker: central differences and a relative error."""

from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], float]
Gradient = Callable[[np.ndarray], np.ndarray]


def numerical_gradient(f: Function, x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Central differences of f at x: an array of x's shape, float64."""
    raise NotImplementedError


def relative_error(a: np.ndarray, b: np.ndarray, floor: float = 1e-3) -> float:
    """The largest |a - b| / max(|a|, |b|, floor) over the entries. Raises ValueError if the shapes differ."""
    raise NotImplementedError


def check_gradient(f: Function, gradient: Gradient, x: np.ndarray, eps: float = 1e-5, tol: float = 1e-5) -> bool:
    """Whether gradient(x) is within tol of central differences. Raises ValueError if its shape isn't x's."""
    raise NotImplementedError
