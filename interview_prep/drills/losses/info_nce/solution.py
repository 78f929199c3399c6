"""InfoNCE: each row of a finds its partner among all rows of b, and vice versa. One device, no queue."""

import torch
from torch import Tensor
from torch.nn import functional


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    """(N, D), (N, D) -> (). Rows with the same index are pairs. Raises ValueError if the shapes differ."""
    if a.shape != b.shape:
        raise ValueError(f"Pairs need equal shapes, these are {tuple(a.shape)} and {tuple(b.shape)}.")
    logits = functional.normalize(a, dim=-1) @ functional.normalize(b, dim=-1).T / temperature  # (N, N)
    pairs = torch.arange(len(a), device=a.device)  # (N,): the class of a row is its own index
    loss = functional.cross_entropy(logits, pairs)
    return (loss + functional.cross_entropy(logits.T, pairs)) / 2 if symmetric else loss
