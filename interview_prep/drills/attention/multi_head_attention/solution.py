"""Multi-head attention, for self-attention and cross-attention. No dropout, no cache."""

import math

from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Linear layers q_proj, k_proj, v_proj and out_proj, each (d_model, d_model)."""

    def __init__(self, d_model: int, heads: int) -> None:
        """Raises ValueError if heads doesn't divide d_model."""
        super().__init__()
        if d_model % heads:
            raise ValueError(f"{heads} heads do not divide d_model={d_model}.")
        self.heads = heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def split(self, t: Tensor) -> Tensor:
        """(B, T, D) -> (B, H, T, d)."""
        return t.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """(B, T, D), (B, S, D) -> (B, T, D). Mask: bool, (T, S) or (B, T, S), True where T may look at S."""
        context = x if context is None else context
        q, k, v = self.split(self.q_proj(x)), self.split(self.k_proj(context)), self.split(self.v_proj(context))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, H, T, S)
        if mask is not None:
            scores = scores.masked_fill(~mask.unsqueeze(-3), float("-inf"))  # one mask for all heads
        out = scores.softmax(dim=-1) @ v  # (B, H, T, d)
        return self.out_proj(out.transpose(1, 2).flatten(2))  # (B, T, H, d) first, so that heads end up side by side
