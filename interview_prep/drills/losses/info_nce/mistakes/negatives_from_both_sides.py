"""Use only rows of b as candidates for a row of a. Yours also compares a with itself, as SimCLR does."""

import torch
from torch import Tensor
from torch.nn import functional


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    if a.shape != b.shape:
        raise ValueError("The shapes differ.")
    a, b = functional.normalize(a, dim=-1), functional.normalize(b, dim=-1)
    pairs = torch.arange(len(a))
    itself = torch.diag(torch.full((len(a),), torch.inf, dtype=a.dtype))
    loss = functional.cross_entropy(torch.cat([a @ b.T, a @ a.T - itself], 1) / temperature, pairs)
    back = functional.cross_entropy(torch.cat([b @ a.T, b @ b.T - itself], 1) / temperature, pairs)
    return (loss + back) / 2 if symmetric else loss
