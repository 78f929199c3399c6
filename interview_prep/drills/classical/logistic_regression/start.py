"""Binary logistic regression with NumPy: stable sigmoid, gradient with L2, gradient descent."""

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)), without overflow and with relative precision in both tails."""
    raise NotImplementedError


def gradient(params: np.ndarray, x: np.ndarray, y: np.ndarray, l2: float) -> np.ndarray:
    """Gradient of the mean loss + l2 / 2 * sum(w²): params (D + 1,), bias last, x (N, D), y (N,) -> (D + 1,)."""
    raise NotImplementedError


def fit(x: np.ndarray, y: np.ndarray, l2: float, rate: float, steps: int) -> np.ndarray:
    """Gradient descent from zeros: x (N, D), y (N,) -> params (D + 1,), bias last."""
    raise NotImplementedError


def predict(x: np.ndarray, params: np.ndarray) -> np.ndarray:
    """1 where the probability is at least 0.5, else 0: x (N, D) -> (N,)."""
    raise NotImplementedError
