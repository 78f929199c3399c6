"""Scaled dot-product attention with an optional mask. No dropout, no tiling."""

import math

from torch import Tensor


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """(..., T, D), (..., S, D), (..., S, V) -> (..., T, V). Mask: bool, broadcasts to (..., T, S), True: may look."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])  # (..., T, S)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))  # before the softmax, so that the others sum to 1
    return scores.softmax(dim=-1) @ value  # (..., T, S) @ (..., S, V) -> (..., T, V)
