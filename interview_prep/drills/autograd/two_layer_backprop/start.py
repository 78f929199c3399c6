"""A two-layer network in NumPy: loss and gradients without autograd."""

import numpy as np


def loss_and_gradients(
    params: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray
) -> tuple[float, dict[str, np.ndarray]]:
    """Params w1 (D, H), b1 (H,), w2 (H, C), b2 (C,), x (N, D), labels y (N,) -> mean loss, gradient of each param."""
    raise NotImplementedError
