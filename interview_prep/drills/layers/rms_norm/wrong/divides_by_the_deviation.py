"""Divide by the root of mean(x²), not by the standard deviation, which ignores the mean."""

import torch
from torch import Tensor


def rms_norm(x: Tensor, weight: Tensor, eps: float = 1e-6) -> Tensor:
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    variance = wide.var(dim=-1, keepdim=True, correction=0)
    return (wide * torch.rsqrt(variance + eps) * weight).to(x.dtype)
