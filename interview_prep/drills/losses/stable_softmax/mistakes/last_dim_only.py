"""Use dim everywhere. Yours always takes the last dimension."""

from torch import Tensor


def softmax(x: Tensor, dim: int = -1) -> Tensor:  # noqa: ARG001, the mistake
    exps = (x - x.amax(-1, keepdim=True)).exp()
    return exps / exps.sum(-1, keepdim=True)


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:  # noqa: ARG001, the mistake
    shifted = x - x.amax(-1, keepdim=True)
    return shifted - shifted.exp().sum(-1, keepdim=True).log()


def logsumexp(x: Tensor, dim: int = -1, keepdim: bool = False) -> Tensor:  # noqa: ARG001, the mistake
    largest = x.amax(-1, keepdim=True)
    result = largest + (x - largest).exp().sum(-1, keepdim=True).log()
    return result if keepdim else result.squeeze(-1)
