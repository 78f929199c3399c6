"""Direct Preference Optimization: log-probabilities of sequences, and the loss over pairs. No label smoothing."""

from torch import Tensor
from torch.nn import functional


def sequence_log_probs(logits: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
    """(B, T, V), (B, T), (B, T) -> (B,). The sum over the tokens whose mask is True; the first never counts."""
    logits, tokens, mask = logits[:, :-1], tokens[:, 1:], mask[:, 1:]  # position t predicts token t + 1
    log_p = logits.log_softmax(-1)  # (B, T - 1, V)
    picked = log_p.gather(-1, tokens.where(mask, 0).unsqueeze(-1)).squeeze(-1)  # (B, T - 1)
    return picked.where(mask, 0).sum(-1)  # (B,)


def dpo_loss(
    policy_chosen: Tensor,
    policy_rejected: Tensor,
    reference_chosen: Tensor,
    reference_rejected: Tensor,
    beta: float = 0.1,
) -> Tensor:
    """Four times (B,) -> (). The mean over the pairs; no gradient reaches the reference."""
    chosen = policy_chosen - reference_chosen.detach()  # (B,): log of the ratio of probabilities
    rejected = policy_rejected - reference_rejected.detach()  # (B,)
    return -functional.logsigmoid(beta * (chosen - rejected)).mean()
