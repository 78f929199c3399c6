"""Look at rows in which every key is hidden: the softmax of nothing but -inf is NaN."""

import torch
from torch import Tensor


def build_mask(real: Tensor) -> Tensor:
    size = real.shape[1]
    causal = torch.ones(size, size, dtype=torch.bool).tril()
    return causal & real[:, None, None, :]


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)
