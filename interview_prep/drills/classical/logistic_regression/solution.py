"""Binary logistic regression with NumPy: stable sigmoid, gradient with L2, gradient descent. No line search."""

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)), without overflow and with relative precision in both tails."""
    return np.exp(-np.logaddexp(0, -z))  # logaddexp(0, -z) = log(1 + exp(-z)), which never overflows


def gradient(params: np.ndarray, x: np.ndarray, y: np.ndarray, l2: float) -> np.ndarray:
    """Gradient of the mean loss + l2 / 2 * sum(w²): params (D + 1,), bias last, x (N, D), y (N,) -> (D + 1,)."""
    weights, bias = params[:-1], params[-1]
    error = sigmoid(x @ weights + bias) - y  # (N,)
    return np.append(x.T @ error / len(x) + l2 * weights, error.mean())


def fit(x: np.ndarray, y: np.ndarray, l2: float, rate: float, steps: int) -> np.ndarray:
    """Gradient descent from zeros: x (N, D), y (N,) -> params (D + 1,), bias last."""
    params = np.zeros(x.shape[1] + 1)
    for _ in range(steps):
        params -= rate * gradient(params, x, y, l2)
    return params


def predict(x: np.ndarray, params: np.ndarray) -> np.ndarray:
    """1 where the probability is at least 0.5, else 0: x (N, D) -> (N,)."""
    return (x @ params[:-1] + params[-1] >= 0).astype(int)  # p >= 0.5 where the logit is >= 0
