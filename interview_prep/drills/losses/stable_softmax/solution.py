"""Softmax, log-softmax and log-sum-exp that survive large numbers. No support for slices of only -inf."""

from torch import Tensor


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    """Shape of x, sums to 1 along dim."""
    exps = (x - x.amax(dim, keepdim=True)).exp()  # the largest is 1
    return exps / exps.sum(dim, keepdim=True)


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    """Shape of x: the log of the softmax, finite even where the softmax is too small for its dtype."""
    shifted = x - x.amax(dim, keepdim=True)
    return shifted - shifted.exp().sum(dim, keepdim=True).log()  # x - logsumexp(x) would lose digits at 1e4


def logsumexp(x: Tensor, dim: int = -1, keepdim: bool = False) -> Tensor:
    """The log of the sum of exp(x) along dim, which is removed, or kept with size 1 if keepdim."""
    largest = x.amax(dim, keepdim=True)
    result = largest + (x - largest).exp().sum(dim, keepdim=True).log()
    return result if keepdim else result.squeeze(dim)
