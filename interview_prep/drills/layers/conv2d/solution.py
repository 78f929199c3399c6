"""2-D convolution with stride and padding. No dilation, no groups."""

import torch
from torch import Tensor
from torch.nn.functional import pad


def conv2d(x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0) -> Tensor:
    """(B, C, H, W), (O, C, KH, KW), (O,) -> (B, O, OH, OW). Raises ValueError if the filter doesn't fit."""
    x = pad(x, (padding, padding, padding, padding))
    (channels, height, width), (expected, kh, kw) = x.shape[1:], weight.shape[1:]
    if channels != expected or kh > height or kw > width:
        raise ValueError(f"A filter {tuple(weight.shape)} does not fit onto padded images {tuple(x.shape)}.")
    out_height, out_width = (height - kh) // stride + 1, (width - kw) // stride + 1
    rows = torch.arange(out_height)[:, None] * stride + torch.arange(kh)  # (OH, KH)
    columns = torch.arange(out_width)[:, None] * stride + torch.arange(kw)  # (OW, KW)
    # The two grids broadcast to (OH, OW, KH, KW): all patches at once, without a loop.
    patches = x[:, :, rows[:, None, :, None], columns[None, :, None, :]]  # (B, C, OH, OW, KH, KW)
    out = torch.einsum("bcyxij,ocij->boyx", patches, weight)
    return out if bias is None else out + bias[:, None, None]
