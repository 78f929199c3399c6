"""LoRA: a frozen linear layer plus a trainable low-rank update. No dropout, only one adapter."""

import copy
import math

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    """linear(x) + alpha / rank * x Aᵀ Bᵀ. Parameters A (rank, I), random, and B (O, rank), zeros."""

    def __init__(self, linear: nn.Linear, rank: int, alpha: float = 1.0) -> None:
        """Freeze `linear`. Raises ValueError for a rank below 1."""
        super().__init__()
        if rank < 1:
            raise ValueError(f"The rank is {rank}, at least 1 is needed.")
        self.linear = linear.requires_grad_(requires_grad=False)
        self.scale = alpha / rank
        # A is random: if both were zero, both gradients would stay zero forever.
        self.A = nn.Parameter(torch.randn(rank, linear.in_features).to(linear.weight) / math.sqrt(linear.in_features))
        self.B = nn.Parameter(torch.zeros(linear.out_features, rank).to(linear.weight))

    def forward(self, x: Tensor) -> Tensor:
        """(..., I) -> (..., O)."""
        return self.linear(x) + self.scale * (x @ self.A.T @ self.B.T)  # (..., rank) in between, never (O, I)

    @torch.no_grad()
    def merge(self) -> nn.Linear:
        """Return a new plain linear layer that computes the same."""
        merged = copy.deepcopy(self.linear)
        merged.weight += self.scale * self.B @ self.A
        return merged
