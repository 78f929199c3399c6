"""Divide each row by its length, the root of the sum of squares."""

import torch
from torch import Tensor
from torch.nn import functional


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    if a.shape != b.shape:
        raise ValueError("The shapes differ.")
    a, b = a / a.square().sum(-1, keepdim=True).clamp(min=1e-12), b / b.square().sum(-1, keepdim=True).clamp(min=1e-12)
    logits = a @ b.T / temperature
    pairs = torch.arange(len(a))
    loss = functional.cross_entropy(logits, pairs)
    return (loss + functional.cross_entropy(logits.T, pairs)) / 2 if symmetric else loss
