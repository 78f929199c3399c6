"""LayerNorm over the last dimension, forward and backward by hand. Nothing is saved between the two passes."""

import torch
from torch import Tensor


def normalize(x: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """(..., D) -> rows with mean 0 and variance 1 (..., D), and 1 / their deviation (..., 1)."""
    centered = x - x.mean(dim=-1, keepdim=True)  # (..., D)
    rstd = torch.rsqrt(centered.square().mean(dim=-1, keepdim=True) + eps)  # (..., 1)
    return centered * rstd, rstd


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """(..., D), (D,), (D,) -> (..., D): each row normalized to mean 0 and variance 1, then weight and bias."""
    normed, _ = normalize(x, eps)
    return normed * weight + bias


def layer_norm_backward(grad: Tensor, x: Tensor, weight: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    """(..., D), (..., D), (D,) -> the gradients of x (..., D), weight (D,) and bias (D,), from the gradient of y."""
    normed, rstd = normalize(x, eps)
    g = grad * weight  # (..., D), the gradient of normed
    along = (g * normed).mean(dim=-1, keepdim=True)  # (..., 1)
    # Mean and deviation depend on x too: shifting or stretching a row changes nothing, so both parts go.
    grad_x = rstd * (g - g.mean(dim=-1, keepdim=True) - normed * along)
    size = x.shape[-1]
    return grad_x, (grad * normed).reshape(-1, size).sum(dim=0), grad.reshape(-1, size).sum(dim=0)
