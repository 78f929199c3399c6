"""A smoothed one-hot distribution times log_softmax, as label smoothing is often written."""

import torch
from torch import Tensor


def cross_entropy(logits: Tensor, target: Tensor, ignore_index: int = -100, label_smoothing: float = 0.0) -> Tensor:
    num_classes = logits.size(-1)
    logits = logits.view(-1, num_classes)
    target = target.view(-1)
    kept = target.ne(ignore_index)
    log_probs = torch.log_softmax(logits, dim=-1)
    with torch.no_grad():
        soft = torch.full_like(log_probs, label_smoothing / num_classes)
        index = torch.where(kept, target, 0).unsqueeze(1)
        soft.scatter_(1, index, 1 - label_smoothing + label_smoothing / num_classes)
    per_position = -(soft * log_probs).sum(dim=-1)
    count = kept.sum()
    if count == 0:
        return (logits * 0).sum()
    return per_position[kept].sum() / count
