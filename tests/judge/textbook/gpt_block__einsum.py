"""einsum over heads, and nn.GELU called in the forward."""

import torch
from torch import Tensor, nn


class Block(nn.Module):
    """Causal self-attention and an MLP, each after a norm and beside a residual."""

    def __init__(self, width: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        if width % heads != 0:
            raise ValueError("heads must divide width")
        self.heads = heads
        self.norm_1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm_2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        b, t, _ = x.shape
        head_dim = x.shape[-1] // self.heads
        q, k, v = self.qkv(self.norm_1(x)).view(b, t, 3, self.heads, head_dim).unbind(dim=2)
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) * head_dim**-0.5
        mask = torch.ones(t, t, dtype=torch.bool, device=x.device).tril()
        weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
        attended = torch.einsum("bhqk,bkhd->bqhd", weights, v).flatten(2)
        x = x + self.dropout(self.out(attended))
        hidden = nn.GELU(approximate="tanh")(self.up(self.norm_2(x)))
        return x + self.dropout(self.down(hidden))
