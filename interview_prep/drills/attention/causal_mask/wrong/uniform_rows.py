"""Set hidden weights to 0 after the softmax: a row in which all keys are hidden comes out uniform."""

import torch
from torch import Tensor


def build_mask(real: Tensor) -> Tensor:
    size = real.shape[1]
    causal = torch.ones(size, size, dtype=torch.bool).tril()
    return causal & real[:, None, None, :]


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=-1)
