"""A linear layer that keeps its weights as int8, with one scale per row. Activations stay in floating point."""

import torch
from torch import Tensor, nn


def quantize(weight: Tensor) -> tuple[Tensor, Tensor]:
    """(O, I) -> levels, int8 (O, I), and scale, float32 (O, 1): weight is about levels * scale."""
    weight = weight.detach().float()
    scale = weight.abs().amax(dim=1, keepdim=True) / 127  # (O, 1)
    scale = torch.where(scale > 0, scale, 1.0)  # a row of zeros: 0 / 0 would be NaN
    return (weight / scale).round().to(torch.int8), scale


class Int8Linear(nn.Module):
    """Computes what a trained nn.Linear does, from int8 weights. Buffers: weight, scale, and bias or None."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        levels, scale = quantize(linear.weight)
        bias = None if linear.bias is None else linear.bias.detach().clone()
        self.register_buffer("weight", levels)  # saved and moved, never trained
        self.register_buffer("scale", scale)
        self.register_buffer("bias", bias)

    def forward(self, x: Tensor) -> Tensor:
        """(..., I) -> (..., O), in x's dtype."""
        out = x @ (self.weight.to(x.dtype) * self.scale.to(x.dtype)).T  # (..., I) @ (I, O)
        return out if self.bias is None else out + self.bias.to(x.dtype)
