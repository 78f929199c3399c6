"""Gemma's order: everything in float32, the weight too, one cast at the end."""

import torch
from torch import Tensor


def rms_norm(x: Tensor, weight: Tensor, eps: float = 1e-6) -> Tensor:
    h = x.float()
    h = h / torch.sqrt(h.square().mean(dim=-1, keepdim=True) + eps)
    return (h * weight.float()).to(x.dtype)
