"""Return a tensor with a graph. .item() and torch.tensor(...) cut the gradient."""

import torch
from torch import Tensor


def cross_entropy(logits: Tensor, target: Tensor, ignore_index: int = -100, label_smoothing: float = 0.0) -> Tensor:
    kept = target != ignore_index
    log_p = logits[kept].log_softmax(-1)
    nll = -log_p.gather(-1, target[kept].unsqueeze(-1)).squeeze(-1)
    loss = (1 - label_smoothing) * nll - label_smoothing * log_p.mean(-1)
    return torch.tensor((loss.sum() / kept.sum().clamp(min=1)).item(), dtype=logits.dtype)
