"""A causal and padding mask, and a softmax that applies it. No offset for a KV cache."""

import torch
from torch import Tensor


def build_mask(real: Tensor) -> Tensor:
    """Real tokens (B, T) bool -> (B, 1, T, T) bool, True where query i may look at key j."""
    size = real.shape[1]
    causal = torch.ones(size, size, dtype=torch.bool, device=real.device).tril()  # (T, T)
    return causal & real[:, None, None, :]  # (T, T) & (B, 1, 1, T) -> (B, 1, T, T)


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Scores (B, H, T, S), bool mask that broadcasts to them -> weights (B, H, T, S); fully masked rows are zeros."""
    lowest = torch.finfo(scores.dtype).min  # not -inf: a row of it is NaN, in the backward pass as well
    weights = scores.masked_fill(~mask, lowest).softmax(dim=-1)
    return weights.masked_fill(~mask, 0)  # a fully masked row was uniform
