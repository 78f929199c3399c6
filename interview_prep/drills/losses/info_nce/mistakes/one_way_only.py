"""If symmetric, go back over the transposed matrix as well. Yours only goes from a to b."""

import torch
from torch import Tensor
from torch.nn import functional


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:  # noqa: ARG001, the mistake
    if a.shape != b.shape:
        raise ValueError("The shapes differ.")
    a, b = functional.normalize(a, dim=-1), functional.normalize(b, dim=-1)
    logits = a @ b.T / temperature
    pairs = torch.arange(len(a))
    return functional.cross_entropy(logits, pairs)
