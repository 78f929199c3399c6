"""PyTorch's documentation of the library's call: an additive bias that is -inf where hidden."""

import math

import torch
from torch import Tensor


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    L, S = query.size(-2), key.size(-2)
    attn_weight = query @ key.transpose(-2, -1) * (1 / math.sqrt(query.size(-1)))
    if mask is not None:
        attn_bias = torch.zeros(L, S, dtype=query.dtype, device=query.device).expand(
            torch.broadcast_shapes(mask.shape, (L, S))
        )
        attn_weight = attn_weight + attn_bias.masked_fill(mask.logical_not(), float("-inf"))
    return torch.softmax(attn_weight, dim=-1) @ value
