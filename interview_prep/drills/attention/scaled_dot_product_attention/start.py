"""Scaled dot-product attention with an optional mask."""

from torch import Tensor


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """(..., T, D), (..., S, D), (..., S, V) -> (..., T, V). Mask: bool, broadcasts to (..., T, S), True: may look."""
    raise NotImplementedError
