"""RMSNorm over the last dimension. No bias, no fused kernel."""

import torch
from torch import Tensor


def rms_norm(x: Tensor, weight: Tensor, eps: float = 1e-6) -> Tensor:
    """(..., D), (D,) -> (..., D) in x's dtype: x / sqrt(mean(x²) + eps) * weight, computed in float32 or wider."""
    wide = x.to(torch.promote_types(x.dtype, torch.float32))  # 300² doesn't fit into float16
    mean_square = wide.pow(2).mean(dim=-1, keepdim=True)  # (..., 1)
    return (wide * torch.rsqrt(mean_square + eps) * weight).to(x.dtype)
