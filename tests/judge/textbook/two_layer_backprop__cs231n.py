"""CS231n's TwoLayerNet: shifted scores, probs[range(N), y] -= 1, dscores / N."""

import numpy as np


def loss_and_gradients(
    params: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray
) -> tuple[float, dict[str, np.ndarray]]:
    W1, b1, W2, b2 = params["w1"], params["b1"], params["w2"], params["b2"]
    N = x.shape[0]

    # forward
    h = np.maximum(0, x @ W1 + b1)
    scores = h @ W2 + b2
    scores = scores - scores.max(axis=1, keepdims=True)
    log_probs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    loss = -log_probs[np.arange(N), y].mean()

    # backward
    dscores = np.exp(log_probs)
    dscores[np.arange(N), y] -= 1
    dscores /= N
    grads = {}
    grads["w2"] = h.T @ dscores
    grads["b2"] = dscores.sum(axis=0)
    dh = dscores @ W2.T
    dh[h <= 0] = 0
    grads["w1"] = x.T @ dh
    grads["b1"] = dh.sum(axis=0)
    return loss, grads
