"""Multiply grad_x by 1 / deviation: what stretches x shrinks its gradient."""

import torch
from torch import Tensor


def normalise(x: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    centred = x - x.mean(dim=-1, keepdim=True)
    rstd = torch.rsqrt(centred.square().mean(dim=-1, keepdim=True) + eps)
    return centred * rstd, rstd


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    normed, _ = normalise(x, eps)
    return normed * weight + bias


def layer_norm_backward(grad: Tensor, x: Tensor, weight: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    normed, _ = normalise(x, eps)
    g = grad * weight
    along = (g * normed).mean(dim=-1, keepdim=True)
    grad_x = g - g.mean(dim=-1, keepdim=True) - normed * along
    size = x.shape[-1]
    return grad_x, (grad * normed).reshape(-1, size).sum(dim=0), grad.reshape(-1, size).sum(dim=0)
