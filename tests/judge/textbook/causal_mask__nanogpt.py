"""nanoGPT's tril and masked_fill with -inf, then NaN rows set to 0 by masked_fill before the softmax."""

import torch
from torch import Tensor


def build_mask(real: Tensor) -> Tensor:
    B, T = real.shape
    causal = torch.tril(torch.ones(T, T, dtype=torch.bool, device=real.device))
    return causal.view(1, 1, T, T) & real.view(B, 1, 1, T)


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    visible = mask.any(dim=-1, keepdim=True)
    scores = scores.masked_fill(~mask, float("-inf"))
    scores = scores.masked_fill(~visible, 0.0)  # avoid a row of -inf
    return torch.softmax(scores, dim=-1) * visible * mask
