"""d2l's transpose_qkv: heads folded into the batch, bmm, -inf for hidden keys."""

import math

import torch
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, heads: int) -> None:
        super().__init__()
        if d_model % heads:
            raise ValueError(f"d_model={d_model} is not a multiple of heads={heads}")
        self.num_heads = heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def transpose_qkv(self, X: Tensor) -> Tensor:
        X = X.reshape(X.shape[0], X.shape[1], self.num_heads, -1)
        X = X.permute(0, 2, 1, 3)
        return X.reshape(-1, X.shape[2], X.shape[3])

    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        context = x if context is None else context
        queries = self.transpose_qkv(self.q_proj(x))
        keys = self.transpose_qkv(self.k_proj(context))
        values = self.transpose_qkv(self.v_proj(context))
        scores = torch.bmm(queries, keys.transpose(1, 2)) / math.sqrt(queries.shape[-1])
        if mask is not None:
            if mask.dim() == 3:
                mask = mask.repeat_interleave(self.num_heads, dim=0)
            scores = scores.masked_fill(~mask, float("-inf"))
        output = torch.bmm(torch.softmax(scores, dim=-1), values)
        output = output.reshape(-1, self.num_heads, output.shape[1], output.shape[2])
        output = output.permute(0, 2, 1, 3)
        return self.out_proj(output.reshape(output.shape[0], output.shape[1], -1))
