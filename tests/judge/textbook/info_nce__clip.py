"""CLIP: x / x.norm, logits by a temperature, cross_entropy both ways with arange labels."""

import torch
import torch.nn.functional as F
from torch import Tensor


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    if a.shape != b.shape:
        raise ValueError("a and b must have the same shape")
    a = a / (a.norm(dim=-1, keepdim=True) + 1e-8)
    b = b / (b.norm(dim=-1, keepdim=True) + 1e-8)
    logits = a @ b.t() / temperature
    labels = torch.arange(len(a), device=a.device)
    loss_a = F.cross_entropy(logits, labels)
    if not symmetric:
        return loss_a
    loss_b = F.cross_entropy(logits.t(), labels)
    return (loss_a + loss_b) / 2
