"""transformers' way: fill with finfo.min, softmax, then multiply by the mask."""

import torch
from torch import Tensor


def build_mask(real: Tensor) -> Tensor:
    positions = torch.arange(real.shape[1], device=real.device)
    causal = positions[:, None] >= positions[None, :]  # (T, T)
    return causal[None, None] & real[:, None, None, :]


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1)
    return weights * mask.to(weights.dtype)
