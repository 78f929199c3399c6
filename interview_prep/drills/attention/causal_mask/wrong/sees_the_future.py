"""Keep the lower triangle: with the upper one, a token looks at the future and not at the past."""

import torch
from torch import Tensor


def build_mask(real: Tensor) -> Tensor:
    size = real.shape[1]
    causal = torch.ones(size, size, dtype=torch.bool).triu()
    return causal & real[:, None, None, :]


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=-1)
    return weights.masked_fill(~mask, 0)
