"""2-D convolution with stride and padding."""

from torch import Tensor


def conv2d(x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0) -> Tensor:
    """(B, C, H, W), (O, C, KH, KW), (O,) -> (B, O, OH, OW). Raises ValueError if the filter doesn't fit."""
    raise NotImplementedError
