"""einsum with unflatten, an assert-like ValueError, finfo.min as a mask."""

import torch
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, heads: int) -> None:
        super().__init__()
        if d_model % heads != 0:
            raise ValueError("heads must divide d_model")
        self.heads = heads
        self.scale = (d_model // heads) ** -0.5
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        context = context if context is not None else x
        q = self.q_proj(x).unflatten(-1, (self.heads, -1))
        k = self.k_proj(context).unflatten(-1, (self.heads, -1))
        v = self.v_proj(context).unflatten(-1, (self.heads, -1))
        sim = torch.einsum("bihd,bjhd->bhij", q, k) * self.scale
        if mask is not None:
            if mask.ndim == 2:
                mask = mask[None]
            sim = sim.masked_fill(~mask[:, None], -torch.finfo(sim.dtype).max)
        attn = sim.softmax(dim=-1)
        out = torch.einsum("bhij,bjhd->bihd", attn, v).flatten(-2)
        return self.out_proj(out)
