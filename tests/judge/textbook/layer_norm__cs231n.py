"""CS231n's staged backward: dvar, dmean, dx, with torch.var(unbiased=False)."""

import torch
from torch import Tensor


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    mean = x.mean(dim=-1, keepdim=True)
    var = x.var(dim=-1, keepdim=True, unbiased=False)
    return (x - mean) / torch.sqrt(var + eps) * weight + bias


def layer_norm_backward(grad: Tensor, x: Tensor, weight: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    D = x.size(-1)
    mean = x.mean(dim=-1, keepdim=True)
    var = x.var(dim=-1, keepdim=True, correction=0)
    ivar = 1.0 / torch.sqrt(var + eps)
    xmu = x - mean
    xhat = xmu * ivar
    batch_dims = tuple(range(x.dim() - 1))
    dgamma = (grad * xhat).sum(dim=batch_dims) if batch_dims else grad * xhat
    dbeta = grad.sum(dim=batch_dims) if batch_dims else grad.clone()
    dxhat = grad * weight
    dvar = (dxhat * xmu * -0.5 * ivar**3).sum(dim=-1, keepdim=True)
    dmean = (-dxhat * ivar).sum(dim=-1, keepdim=True) + dvar * (-2.0 * xmu).mean(dim=-1, keepdim=True)
    dx = dxhat * ivar + dvar * 2.0 * xmu / D + dmean / D
    return dx, dgamma, dbeta


if __name__ == "__main__":
    x = torch.randn(3, 5, requires_grad=True)
    w, b = torch.randn(5), torch.randn(5)
    y = torch.nn.functional.layer_norm(x, (5,), w, b)
    grad = torch.randn(3, 5)
    y.backward(grad)
    assert torch.allclose(layer_norm(x, w, b), y, atol=1e-6)
    assert torch.allclose(layer_norm_backward(grad, x, w)[0], x.grad, atol=1e-5)
