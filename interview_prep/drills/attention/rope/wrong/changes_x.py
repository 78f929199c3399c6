"""Write into a new tensor: an assignment to a slice of x changes the caller's queries."""

import torch
from torch import Tensor


def rope(x: Tensor, offset: int = 0, base: float = 10000.0) -> Tensor:
    length, size = x.shape[-2:]
    if size % 2:
        raise ValueError(f"D={size} is odd, there are no pairs.")
    frequency = base ** (-torch.arange(0, size, 2) / size)
    angle = torch.arange(offset, offset + length)[:, None] * frequency
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    a, b = (half.clone() for half in x.chunk(2, dim=-1))
    with torch.no_grad():
        x[..., : size // 2] = a * cos - b * sin
        x[..., size // 2 :] = a * sin + b * cos
    return x
