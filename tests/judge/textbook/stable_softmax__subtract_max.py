"""Subtract the max; log_softmax as x - logsumexp, as the kit's sheets teach it."""

import torch
from torch import Tensor


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    x_max = x.max(dim=dim, keepdim=True).values
    e = torch.exp(x - x_max)
    return e / e.sum(dim=dim, keepdim=True)


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    return x - logsumexp(x, dim=dim, keepdim=True)


def logsumexp(x: Tensor, dim: int = -1, keepdim: bool = False) -> Tensor:
    m = x.max(dim=dim, keepdim=True).values
    s = m + torch.log(torch.exp(x - m).sum(dim=dim, keepdim=True))
    return s if keepdim else s.squeeze(dim)
