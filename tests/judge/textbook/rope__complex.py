"""Llama's model.py: torch.polar and view_as_complex, here with halves as the pairs."""

import torch
from torch import Tensor


def rope(x: Tensor, offset: int = 0, base: float = 10000.0) -> Tensor:
    seqlen, dim = x.shape[-2], x.shape[-1]
    if dim % 2:
        raise ValueError(f"dim must be even, not {dim}")
    freqs = 1.0 / (base ** (torch.arange(0, dim, 2, device=x.device).float() / dim))
    t = torch.arange(seqlen, device=x.device).float() + offset
    freqs = torch.outer(t, freqs)
    freqs_cis = torch.polar(torch.ones_like(freqs), freqs)  # complex64
    a, b = x.float().chunk(2, dim=-1)
    rotated = torch.complex(a.contiguous(), b.contiguous()) * freqs_cis
    return torch.cat([rotated.real, rotated.imag], dim=-1).type_as(x)
