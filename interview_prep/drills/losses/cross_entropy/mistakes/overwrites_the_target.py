"""Replace ignored targets in a copy. target[...] = 0 changes the caller's batch."""

from torch import Tensor


def cross_entropy(logits: Tensor, target: Tensor, ignore_index: int = -100, label_smoothing: float = 0.0) -> Tensor:
    kept = target != ignore_index
    target[~kept] = 0
    log_p = logits.log_softmax(-1)
    nll = -log_p.gather(-1, target.unsqueeze(-1)).squeeze(-1)
    loss = (1 - label_smoothing) * nll - label_smoothing * log_p.mean(-1)
    return (loss * kept).sum() / kept.sum().clamp(min=1)
