"""Drop the epsilon: after the shift the sum is at least 1, and an epsilon only makes it wrong."""

from torch import Tensor


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    exps = (x - x.amax(dim, keepdim=True)).exp()
    return exps / (exps.sum(dim, keepdim=True) + 1e-6)


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    shifted = x - x.amax(dim, keepdim=True)
    return shifted - shifted.exp().sum(dim, keepdim=True).log()


def logsumexp(x: Tensor, dim: int = -1, keepdim: bool = False) -> Tensor:
    largest = x.amax(dim, keepdim=True)
    result = largest + (x - largest).exp().sum(dim, keepdim=True).log()
    return result if keepdim else result.squeeze(dim)
