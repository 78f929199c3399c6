"""A linear layer that keeps its weights as int8, with one scale per row."""

from torch import Tensor, nn


def quantize(weight: Tensor) -> tuple[Tensor, Tensor]:
    """(O, I) -> levels, int8 (O, I), and scale, float32 (O, 1): weight is about levels * scale."""
    raise NotImplementedError


class Int8Linear(nn.Module):
    """Computes what a trained nn.Linear does, from int8 weights. Buffers: weight, scale, and bias or None."""

    def __init__(self, linear: nn.Linear) -> None:
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """(..., I) -> (..., O), in x's dtype."""
        raise NotImplementedError
