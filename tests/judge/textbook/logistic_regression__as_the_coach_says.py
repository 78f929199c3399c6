"""As a hint recommends: the loss and the sigmoid by logaddexp."""

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -z))


def gradient(params: np.ndarray, x: np.ndarray, y: np.ndarray, l2: float) -> np.ndarray:
    n = len(y)
    X = np.hstack([x, np.ones((n, 1))])
    error = sigmoid(X @ params) - y
    grad = X.T @ error / n
    grad[:-1] += l2 * params[:-1]
    return grad


def fit(x: np.ndarray, y: np.ndarray, l2: float, rate: float, steps: int) -> np.ndarray:
    params = np.zeros(x.shape[1] + 1)
    for _ in range(steps):
        params -= rate * gradient(params, x, y, l2)
    return params


def predict(x: np.ndarray, params: np.ndarray) -> np.ndarray:
    p = sigmoid(x @ params[:-1] + params[-1])
    return (p >= 0.5).astype(int)
