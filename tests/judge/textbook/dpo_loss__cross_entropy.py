"""Per-token cross-entropy with ignore_index and reduction none, softplus for the loss."""

import torch.nn.functional as F
from torch import Tensor


def sequence_log_probs(logits: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
    targets = tokens[:, 1:].masked_fill(~mask[:, 1:], -100)
    nll = F.cross_entropy(logits[:, :-1].transpose(1, 2), targets, ignore_index=-100, reduction="none")
    return -nll.sum(dim=1)


def dpo_loss(
    policy_chosen: Tensor,
    policy_rejected: Tensor,
    reference_chosen: Tensor,
    reference_rejected: Tensor,
    beta: float = 0.1,
) -> Tensor:
    chosen_rewards = beta * (policy_chosen - reference_chosen.detach())
    rejected_rewards = beta * (policy_rejected - reference_rejected.detach())
    return F.softplus(rejected_rewards - chosen_rewards).mean()
