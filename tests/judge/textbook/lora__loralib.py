"""loralib: kaiming_uniform for A, zeros for B, scaling; the wrapped layer frozen."""

import copy
import math

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, linear: nn.Linear, rank: int, alpha: float = 1.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError("rank must be at least 1")
        self.linear = linear
        for p in self.linear.parameters():
            p.requires_grad = False
        self.scaling = alpha / rank
        self.A = nn.Parameter(linear.weight.new_zeros((rank, linear.in_features)))
        self.B = nn.Parameter(linear.weight.new_zeros((linear.out_features, rank)))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        result = self.linear(x)
        return result + (x @ self.A.transpose(0, 1) @ self.B.transpose(0, 1)) * self.scaling

    def merge(self) -> nn.Linear:
        merged = copy.deepcopy(self.linear)
        with torch.no_grad():
            merged.weight += self.B @ self.A * self.scaling
        return merged
