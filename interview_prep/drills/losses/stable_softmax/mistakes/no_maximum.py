"""Subtract the maximum along dim before exp. exp(1000) is inf, and inf/inf is NaN."""

from torch import Tensor


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    return x.exp() / x.exp().sum(dim, keepdim=True)


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    return x - x.exp().sum(dim, keepdim=True).log()


def logsumexp(x: Tensor, dim: int = -1, keepdim: bool = False) -> Tensor:
    return x.exp().sum(dim, keepdim=keepdim).log()
