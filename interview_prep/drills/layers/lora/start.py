"""LoRA: a frozen linear layer plus a trainable low-rank update."""

from torch import Tensor, nn


class LoRALinear(nn.Module):
    """linear(x) + alpha / rank * x Aᵀ Bᵀ. Parameters A (rank, I), random, and B (O, rank), zeros."""

    def __init__(self, linear: nn.Linear, rank: int, alpha: float = 1.0) -> None:
        """Freeze `linear`. Raises ValueError for a rank below 1."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """(..., I) -> (..., O)."""
        raise NotImplementedError

    def merge(self) -> nn.Linear:
        """Return a new plain linear layer that computes the same."""
        raise NotImplementedError
