"""As the advice for -1e9 recommends: torch.finfo's minimum as the mask."""

import math

import torch
from torch import Tensor, nn


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    d_k = query.size(-1)
    scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, torch.finfo(scores.dtype).min)
    p_attn = scores.softmax(dim=-1)
    return torch.matmul(p_attn, value)


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, heads: int) -> None:
        super().__init__()
        if d_model % heads != 0:
            raise ValueError("d_model must be divisible by heads")
        self.d_k = d_model // heads
        self.h = heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        if context is None:
            context = x
        if mask is not None and mask.dim() == 3:
            mask = mask.unsqueeze(1)  # the same mask for all heads
        nbatches = x.size(0)
        query, key, value = (
            lin(t).view(nbatches, -1, self.h, self.d_k).transpose(1, 2)
            for lin, t in ((self.q_proj, x), (self.k_proj, context), (self.v_proj, context))
        )
        y = attention(query, key, value, mask=mask)
        y = y.transpose(1, 2).contiguous().view(nbatches, -1, self.h * self.d_k)
        return self.out_proj(y)
