"""A pre-norm transformer block as in GPT-2. No cache, no positions, no dropout on attention weights."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu


class Block(nn.Module):
    """Causal self-attention and an MLP, each with a norm before it and a residual around it."""

    def __init__(self, width: int, heads: int, dropout: float = 0.0) -> None:
        """Raises ValueError if heads doesn't divide width. Your `forward` uses these submodules."""
        super().__init__()
        if width % heads:
            raise ValueError(f"{heads} heads do not divide a width of {width}")
        self.heads = heads
        self.norm_1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm_2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, D) -> (B, T, D)."""
        x = x + self.dropout(self.attention(self.norm_1(x)))
        return x + self.dropout(self.down(gelu(self.up(self.norm_2(x)), approximate="tanh")))

    def attention(self, x: Tensor) -> Tensor:
        b, t, d = x.shape
        heads = self.qkv(x).view(b, t, 3, self.heads, d // self.heads)
        q, k, v = heads.permute(2, 0, 3, 1, 4)  # (B, H, T, D/H) each
        scores = q @ k.transpose(-2, -1) / math.sqrt(d // self.heads)  # (B, H, T, T)
        future = torch.ones(t, t, dtype=torch.bool, device=x.device).triu(diagonal=1)
        weights = scores.masked_fill(future, float("-inf")).softmax(dim=-1)
        mixed = (weights @ v).transpose(1, 2).reshape(b, t, d)  # heads side by side again
        return self.out(mixed)
