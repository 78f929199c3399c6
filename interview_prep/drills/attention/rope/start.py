"""Rotary position embedding of queries and keys."""

from torch import Tensor


def rope(x: Tensor, offset: int = 0, base: float = 10000.0) -> Tensor:
    """(..., T, D) -> (..., T, D): row t is at position offset + t. Raises ValueError for an odd D."""
    raise NotImplementedError
