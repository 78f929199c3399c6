"""A causal and padding mask, and a softmax that obeys it."""

from torch import Tensor


def build_mask(real: Tensor) -> Tensor:
    """Real tokens (B, T) bool -> (B, 1, T, T) bool, True where query i may look at key j."""
    raise NotImplementedError


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Scores (B, H, T, S), mask bool that broadcasts to it -> weights (B, H, T, S); all zeros where nothing is seen."""
    raise NotImplementedError
