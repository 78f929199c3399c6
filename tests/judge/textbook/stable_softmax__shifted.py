"""Shifted first, log of the sum after: log_softmax keeps its digits; softmax is its exp."""

from torch import Tensor


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    shifted = x - x.amax(dim=dim, keepdim=True)
    return shifted - shifted.exp().sum(dim=dim, keepdim=True).log()


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    return log_softmax(x, dim).exp()


def logsumexp(x: Tensor, dim: int = -1, keepdim: bool = False) -> Tensor:
    m = x.amax(dim=dim, keepdim=True)
    result = (x - m).exp().sum(dim=dim, keepdim=True).log() + m
    if not keepdim:
        result = result.squeeze(dim)
    return result
