"""Raise ValueError for a rank below 1."""

import copy
import math

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, linear: nn.Linear, rank: int, alpha: float = 1.0) -> None:
        super().__init__()
        rank = max(rank, 1)
        self.linear = linear.requires_grad_(requires_grad=False)
        self.scale = alpha / rank
        self.A = nn.Parameter(torch.randn(rank, linear.in_features).to(linear.weight) / math.sqrt(linear.in_features))
        self.B = nn.Parameter(torch.zeros(linear.out_features, rank).to(linear.weight))

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + self.scale * (x @ self.A.T @ self.B.T)

    @torch.no_grad()
    def merge(self) -> nn.Linear:
        merged = copy.deepcopy(self.linear)
        merged.weight += self.scale * self.B @ self.A
        return merged
