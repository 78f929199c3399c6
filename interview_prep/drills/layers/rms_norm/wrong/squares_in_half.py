"""Cast to float32 before you square: the square of 300 is inf in float16."""

import torch
from torch import Tensor


def rms_norm(x: Tensor, weight: Tensor, eps: float = 1e-6) -> Tensor:
    mean_square = x.pow(2).mean(dim=-1, keepdim=True)
    return (x * torch.rsqrt(mean_square + eps) * weight).to(x.dtype)
