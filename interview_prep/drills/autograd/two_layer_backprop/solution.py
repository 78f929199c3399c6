"""A two-layer network in NumPy: loss and gradients without autograd. No optimizer, no regularization."""

import numpy as np


def loss_and_gradients(
    params: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray
) -> tuple[float, dict[str, np.ndarray]]:
    """Params w1 (D, H), b1 (H,), w2 (H, C), b2 (C,), x (N, D), labels y (N,) -> mean loss, gradient of each param."""
    x = x.astype(params["w1"].dtype)  # integers would turn float32 gradients into float64
    rows = np.arange(len(x))
    before = x @ params["w1"] + params["b1"]  # (N, H)
    hidden = np.maximum(before, 0)  # (N, H)
    logits = hidden @ params["w2"] + params["b2"]  # (N, C)
    shifted = logits - logits.max(axis=1, keepdims=True)  # (N, C)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # never log(p), which may be log(0)
    loss = -log_p[rows, y].mean()

    d_logits = np.exp(log_p)  # (N, C)
    d_logits[rows, y] -= 1
    d_logits /= len(x)  # the loss is a mean
    d_before = d_logits @ params["w2"].T * (before > 0)  # (N, H)
    gradients = {
        "w1": x.T @ d_before,  # (D, H)
        "b1": d_before.sum(axis=0),  # (H,)
        "w2": hidden.T @ d_logits,  # (H, C)
        "b2": d_logits.sum(axis=0),  # (C,)
    }
    return float(loss), gradients
