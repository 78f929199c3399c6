"""TRL and the DPO reference code: shift, labels[~mask] = 0 on a clone, gather, -logsigmoid."""

import torch
import torch.nn.functional as F
from torch import Tensor


def sequence_log_probs(logits: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
    labels = tokens[:, 1:].clone()
    logits = logits[:, :-1, :]
    loss_mask = mask[:, 1:]
    labels[~loss_mask] = 0
    per_token_logps = torch.gather(logits.log_softmax(-1), dim=2, index=labels.unsqueeze(2)).squeeze(2)
    return (per_token_logps * loss_mask).sum(-1)


def dpo_loss(
    policy_chosen: Tensor,
    policy_rejected: Tensor,
    reference_chosen: Tensor,
    reference_rejected: Tensor,
    beta: float = 0.1,
) -> Tensor:
    pi_logratios = policy_chosen - policy_rejected
    ref_logratios = (reference_chosen - reference_rejected).detach()
    logits = pi_logratios - ref_logratios
    return -F.logsigmoid(beta * logits).mean()
