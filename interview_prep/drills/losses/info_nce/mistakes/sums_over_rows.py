"""Take the mean over the N rows. A sum grows with the batch."""

from torch import Tensor
from torch.nn import functional


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    if a.shape != b.shape:
        raise ValueError("The shapes differ.")
    a, b = functional.normalize(a, dim=-1), functional.normalize(b, dim=-1)
    logits = a @ b.T / temperature
    loss = -logits.log_softmax(1).diagonal().sum()
    return (loss - logits.log_softmax(0).diagonal().sum()) / 2 if symmetric else loss
