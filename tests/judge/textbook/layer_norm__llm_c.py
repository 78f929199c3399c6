"""Karpathy's layernorm.py: rstd, norm, dnorm minus its means."""

from torch import Tensor


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    mean = x.mean(-1, keepdim=True)
    xshift = x - mean
    var = (xshift**2).mean(-1, keepdim=True)
    rstd = (var + eps) ** -0.5
    norm = xshift * rstd
    return norm * weight + bias


def layer_norm_backward(grad: Tensor, x: Tensor, weight: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    D = x.shape[-1]
    mean = x.mean(-1, keepdim=True)
    xshift = x - mean
    rstd = ((xshift**2).mean(-1, keepdim=True) + eps) ** -0.5
    norm = xshift * rstd
    dbias = grad.reshape(-1, D).sum(0)
    dweight = (grad * norm).reshape(-1, D).sum(0)
    dnorm = grad * weight
    dx = dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True)
    return dx * rstd, dweight, dbias
