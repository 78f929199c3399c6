"""A causal and padding mask, and a softmax that applies it."""

from torch import Tensor


def build_mask(real: Tensor) -> Tensor:
    """Real tokens (B, T) bool -> (B, 1, T, T) bool, True where query i may look at key j."""
    raise NotImplementedError


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Scores (B, H, T, S), bool mask that broadcasts to them -> weights (B, H, T, S); fully masked rows are zeros."""
    raise NotImplementedError
