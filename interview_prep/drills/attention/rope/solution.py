"""Rotary position embedding of queries and keys, in Llama's layout of pairs. No cached table, no scaling."""

import torch
from torch import Tensor


def rope(x: Tensor, offset: int = 0, base: float = 10000.0) -> Tensor:
    """(..., T, D) -> (..., T, D): row t is at position offset + t. Raises ValueError for an odd D."""
    length, size = x.shape[-2:]
    if size % 2:
        raise ValueError(f"D={size} is odd, there are no pairs.")
    frequency = base ** (-torch.arange(0, size, 2, device=x.device) / size)  # (D/2,)
    position = torch.arange(offset, offset + length, device=x.device)
    angle = position[:, None] * frequency  # (T, D/2), float32 whatever x is
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)
