"""A blog's: torch.randn * 0.01, F.linear for both, a new nn.Linear in merge."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, linear: nn.Linear, rank: int, alpha: float = 1.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError(f"rank must be >= 1, not {rank}")
        out_features, in_features = linear.weight.shape
        dtype, device = linear.weight.dtype, linear.weight.device
        self.linear = linear.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(rank, in_features, dtype=dtype, device=device) * 0.01)
        self.B = nn.Parameter(torch.zeros(out_features, rank, dtype=dtype, device=device))
        self.scale = alpha / rank

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + self.scale * F.linear(F.linear(x, self.A), self.B)

    @torch.no_grad()
    def merge(self) -> nn.Linear:
        linear = self.linear
        merged = nn.Linear(
            linear.in_features,
            linear.out_features,
            bias=linear.bias is not None,
            dtype=linear.weight.dtype,
            device=linear.weight.device,
        )
        merged.weight.copy_(linear.weight + self.scale * self.B @ self.A)
        if linear.bias is not None:
            merged.bias.copy_(linear.bias)
        return merged
