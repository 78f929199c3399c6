"""im2col by Tensor.unfold, then one einsum."""

import torch
import torch.nn.functional as F
from torch import Tensor


def conv2d(x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0) -> Tensor:
    _, _, kh, kw = weight.shape
    if x.shape[1] != weight.shape[1]:
        raise ValueError("channels do not match")
    x = F.pad(x, (padding, padding, padding, padding))
    if kh > x.shape[2] or kw > x.shape[3]:
        raise ValueError("kernel larger than padded input")
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)  # (B, C, OH, OW, KH, KW)
    out = torch.einsum("bchwij,ocij->bohw", patches, weight)
    if bias is not None:
        out = out + bias.view(1, -1, 1, 1)
    return out
