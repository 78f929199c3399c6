"""As hint 2 recommends: grids of row and column indices instead of unfold."""

import torch
import torch.nn.functional as F
from torch import Tensor


def conv2d(x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0) -> Tensor:
    O, C, KH, KW = weight.shape
    x = F.pad(x, (padding,) * 4)
    if x.shape[1] != C or x.shape[2] < KH or x.shape[3] < KW:
        raise ValueError("does not fit")
    OH, OW = (x.shape[2] - KH) // stride + 1, (x.shape[3] - KW) // stride + 1
    rows = torch.arange(OH)[:, None] * stride + torch.arange(KH)
    columns = torch.arange(OW)[:, None] * stride + torch.arange(KW)
    patches = x[:, :, rows[:, None, :, None], columns[None, :, None, :]]
    out = torch.einsum("bcyxij,ocij->boyx", patches, weight)
    return out if bias is None else out + bias.view(-1, 1, 1)
