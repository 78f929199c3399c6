"""The classes are last here: dim=1 is the time of (B, T, C)."""

from torch import Tensor


def cross_entropy(logits: Tensor, target: Tensor, ignore_index: int = -100, label_smoothing: float = 0.0) -> Tensor:
    kept = target != ignore_index
    log_p = logits.log_softmax(1 if logits.dim() > 1 else 0)[kept]
    nll = -log_p.gather(-1, target[kept].unsqueeze(-1)).squeeze(-1)
    loss = (1 - label_smoothing) * nll - label_smoothing * log_p.mean(-1)
    return loss.sum() / kept.sum().clamp(min=1)
