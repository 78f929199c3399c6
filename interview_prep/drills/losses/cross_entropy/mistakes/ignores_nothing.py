"""Leave out the positions with ignore_index. Yours counts them as class 0."""

from torch import Tensor


def cross_entropy(logits: Tensor, target: Tensor, ignore_index: int = -100, label_smoothing: float = 0.0) -> Tensor:  # noqa: ARG001, the mistake
    log_p = logits.log_softmax(-1)
    nll = -log_p.gather(-1, target.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return ((1 - label_smoothing) * nll - label_smoothing * log_p.mean(-1)).mean()
