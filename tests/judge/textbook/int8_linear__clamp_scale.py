"""The LLM.int8 write-up: clamp(min=1e-8) guards the scale; scale applied to the output."""

import torch
from torch import Tensor, nn


@torch.no_grad()
def quantize(weight: Tensor) -> tuple[Tensor, Tensor]:
    w = weight.to(torch.float32)
    scale = w.abs().max(dim=1, keepdim=True).values.clamp(min=1e-8) / 127.0
    return (w / scale).round().to(torch.int8), scale


class Int8Linear(nn.Module):
    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight, scale = quantize(linear.weight)
        self.register_buffer("weight", weight)
        self.register_buffer("scale", scale)
        if linear.bias is not None:
            self.register_buffer("bias", linear.bias.detach().clone())
        else:
            self.bias = None

    def forward(self, x: Tensor) -> Tensor:
        out = x @ self.weight.to(x.dtype).T * self.scale.squeeze(1).to(x.dtype)
        if self.bias is not None:
            out = out + self.bias.to(x.dtype)
        return out
