"""Cross-entropy from logits, with ignored positions and label smoothing. No class weights."""

from torch import Tensor


def cross_entropy(logits: Tensor, target: Tensor, ignore_index: int = -100, label_smoothing: float = 0.0) -> Tensor:
    """(..., C), (...) -> (). The mean over positions whose target is not ignore_index; 0 if there are none."""
    kept = target != ignore_index
    log_p = logits[kept].log_softmax(-1)  # (K, C): the ignored positions go before gather, as -100 is no valid class
    nll = -log_p.gather(-1, target[kept].unsqueeze(-1)).squeeze(-1)  # (K,)
    smooth = -log_p.mean(-1)  # (K,)
    loss = (1 - label_smoothing) * nll + label_smoothing * smooth
    return loss.mean() if kept.any() else loss.sum()  # the sum of nothing is 0 and still has a graph
