"""Return the inputs' dtype with its digits: float() costs float64 half of them."""

from torch import Tensor
from torch.nn import functional


def sequence_log_probs(logits: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
    logits, tokens, mask = logits[:, :-1], tokens[:, 1:], mask[:, 1:]
    log_p = logits.float().log_softmax(-1)
    picked = log_p.gather(-1, tokens.where(mask, 0).unsqueeze(-1)).squeeze(-1)
    return picked.where(mask, 0).sum(-1)


def dpo_loss(
    policy_chosen: Tensor,
    policy_rejected: Tensor,
    reference_chosen: Tensor,
    reference_rejected: Tensor,
    beta: float = 0.1,
) -> Tensor:
    chosen = policy_chosen - reference_chosen.detach()
    rejected = policy_rejected - reference_rejected.detach()
    return -functional.logsigmoid(beta * (chosen - rejected)).mean()
