"""Causal multi-head self-attention with a KV cache. It copies the cache at every step."""

import math

import torch
from torch import Tensor, nn

Cache = tuple[Tensor, Tensor]  # keys and values, each (B, H, P, d)


class CachedAttention(nn.Module):
    """Linear layers q_proj, k_proj, v_proj and out_proj, each (d_model, d_model)."""

    def __init__(self, d_model: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def split(self, t: Tensor) -> Tensor:
        """(B, T, D) -> (B, H, T, d)."""
        return t.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x: Tensor, cache: Cache | None = None) -> tuple[Tensor, Cache]:
        """(B, T, D) of new tokens, cache of P tokens -> (B, T, D), cache of P + T tokens."""
        q, k, v = self.split(self.q_proj(x)), self.split(self.k_proj(x)), self.split(self.v_proj(x))
        if cache is not None:
            k, v = torch.cat([cache[0], k], dim=2), torch.cat([cache[1], v], dim=2)  # (B, H, S, d)
        new, total = q.shape[2], k.shape[2]
        mask = torch.ones(new, total, dtype=torch.bool, device=x.device).tril(total - new)  # query i is at P + i
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, H, T, S)
        weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)
        out = (weights @ v).transpose(1, 2).flatten(2)  # (B, T, D)
        return self.out_proj(out), (k, v)
