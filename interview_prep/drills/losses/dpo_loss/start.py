"""Direct Preference Optimization: log-probabilities of sequences, and the loss over pairs."""

from torch import Tensor


def sequence_log_probs(logits: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
    """(B, T, V), (B, T), (B, T) -> (B,). The sum over the tokens whose mask is True; the first never counts."""
    raise NotImplementedError


def dpo_loss(
    policy_chosen: Tensor,
    policy_rejected: Tensor,
    reference_chosen: Tensor,
    reference_rejected: Tensor,
    beta: float = 0.1,
) -> Tensor:
    """Four times (B,) -> (). The mean over the pairs; no gradient reaches the reference."""
    raise NotImplementedError
