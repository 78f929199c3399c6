"""Rotate x. A function that returns its input keeps norms and relative scores, but encodes nothing."""

from torch import Tensor


def rope(x: Tensor, offset: int = 0, base: float = 10000.0) -> Tensor:  # noqa: ARG001, the mistake
    size = x.shape[-1]
    if size % 2:
        raise ValueError(f"D={size} is odd, there are no pairs.")
    return x
