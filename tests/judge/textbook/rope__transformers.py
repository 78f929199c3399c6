"""transformers' Llama: inv_freq, cat of freqs, rotate_half, cos and sin cast to x's dtype."""

import torch
from torch import Tensor


def rotate_half(x: Tensor) -> Tensor:
    x1 = x[..., : x.shape[-1] // 2]
    x2 = x[..., x.shape[-1] // 2 :]
    return torch.cat((-x2, x1), dim=-1)


def rope(x: Tensor, offset: int = 0, base: float = 10000.0) -> Tensor:
    T, D = x.shape[-2:]
    if D % 2 != 0:
        raise ValueError("head dimension must be even")
    inv_freq = 1.0 / (base ** (torch.arange(0, D, 2, dtype=torch.float32, device=x.device) / D))
    positions = torch.arange(offset, offset + T, dtype=torch.float32, device=x.device)
    freqs = torch.outer(positions, inv_freq)  # (T, D/2)
    emb = torch.cat((freqs, freqs), dim=-1)
    cos = emb.cos().to(x.dtype)
    sin = emb.sin().to(x.dtype)
    return x * cos + rotate_half(x) * sin
