"""The stable sigmoid by branches with boolean indexing."""

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    z = np.asarray(z, dtype=float)
    out = np.empty_like(z)
    positive = z >= 0
    out[positive] = 1 / (1 + np.exp(-z[positive]))
    exp_z = np.exp(z[~positive])
    out[~positive] = exp_z / (1 + exp_z)
    return out


def gradient(params: np.ndarray, x: np.ndarray, y: np.ndarray, l2: float) -> np.ndarray:
    w, b = params[:-1], params[-1]
    residual = sigmoid(x @ w + b) - y
    dw = x.T @ residual / len(x) + l2 * w
    db = residual.mean()
    return np.append(dw, db)


def fit(x: np.ndarray, y: np.ndarray, l2: float, rate: float, steps: int) -> np.ndarray:
    params = np.zeros(x.shape[1] + 1)
    for _ in range(steps):
        params = params - rate * gradient(params, x, y, l2)
    return params


def predict(x: np.ndarray, params: np.ndarray) -> np.ndarray:
    return np.where(x @ params[:-1] + params[-1] >= 0, 1, 0)
