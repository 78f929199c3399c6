"""Count positions along dimension -2: in (B, H, T, D) dimension 1 are the heads."""

import torch
from torch import Tensor


def rope(x: Tensor, offset: int = 0, base: float = 10000.0) -> Tensor:
    size = x.shape[-1]
    if size % 2:
        raise ValueError(f"D={size} is odd, there are no pairs.")
    frequency = base ** (-torch.arange(0, size, 2) / size)
    where = 1 if x.dim() > 2 else 0
    angle = torch.arange(offset, offset + x.shape[where]).view(-1, *[1] * (x.dim() - where - 1)) * frequency
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)
