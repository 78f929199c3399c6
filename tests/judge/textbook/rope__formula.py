"""The prompt's formula with chunk, angles and result in float32, then cast back."""

import torch
from torch import Tensor


def rope(x: Tensor, offset: int = 0, base: float = 10000.0) -> Tensor:
    *_, T, D = x.shape
    if D % 2 == 1:
        raise ValueError("D must be even")
    i = torch.arange(D // 2, device=x.device)
    m = torch.arange(T, device=x.device) + offset
    angle = m[:, None] * base ** (-2 * i / D)
    cos, sin = torch.cos(angle), torch.sin(angle)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1).to(x.dtype)
