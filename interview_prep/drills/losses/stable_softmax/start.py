"""Softmax, log-softmax and log-sum-exp that survive large numbers."""

from torch import Tensor


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    """Shape of x, sums to 1 along dim."""
    raise NotImplementedError


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    """Shape of x: the log of the softmax, finite even where the softmax is too small for its dtype."""
    raise NotImplementedError


def logsumexp(x: Tensor, dim: int = -1, keepdim: bool = False) -> Tensor:
    """The log of the sum of exp(x) along dim, which is removed, or kept with size 1 if keepdim."""
    raise NotImplementedError
