"""Llama's RMSNorm: _norm in float32, type_as, then times the weight."""

import torch
from torch import Tensor


def rms_norm(x: Tensor, weight: Tensor, eps: float = 1e-6) -> Tensor:
    def norm(x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)

    output = norm(x.float()).type_as(x)
    return output * weight
