"""Raise ValueError for an odd D, because the last feature has no partner."""

import torch
from torch import Tensor


def rope(x: Tensor, offset: int = 0, base: float = 10000.0) -> Tensor:
    length, size = x.shape[-2:]
    frequency = base ** (-torch.arange(0, size, 2) / size)
    angle = torch.arange(offset, offset + length)[:, None] * frequency
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    half = size // 2
    cos, sin = cos[:, :half], sin[:, :half]
    a, b = x[..., :half], x[..., half : 2 * half]
    return torch.cat([a * cos - b * sin, a * sin + b * cos, x[..., 2 * half :]], dim=-1)
