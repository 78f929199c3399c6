"""Reshape to (-1, D) before you sum: without batch dimensions sum(dim=()) adds up everything."""

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
    normed, rstd = normalise(x, eps)
    g = grad * weight
    along = (g * normed).mean(dim=-1, keepdim=True)
    grad_x = rstd * (g - g.mean(dim=-1, keepdim=True) - normed * along)
    batch = tuple(range(x.dim() - 1))
    return grad_x, (grad * normed).sum(dim=batch), grad.sum(dim=batch)
