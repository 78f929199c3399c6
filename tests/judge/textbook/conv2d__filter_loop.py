"""Loop over the places of the filter, strided slices, accumulate."""

import torch
import torch.nn.functional as F
from torch import Tensor


def conv2d(x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0) -> Tensor:
    B, C, H, W = x.shape
    O, C2, KH, KW = weight.shape
    if C != C2:
        raise ValueError(f"expected {C2} channels, got {C}")
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    if OH < 1 or OW < 1:
        raise ValueError("filter does not fit")
    xp = F.pad(x, [padding] * 4)
    out = torch.zeros(B, O, OH, OW, dtype=x.dtype, device=x.device)
    for i in range(KH):
        for j in range(KW):
            patch = xp[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride]
            out += torch.einsum("bchw,oc->bohw", patch, weight[:, :, i, j])
    if bias is not None:
        out += bias[None, :, None, None]
    return out


if __name__ == "__main__":
    x, weight, bias = torch.randn(2, 3, 8, 9), torch.randn(4, 3, 3, 2), torch.randn(4)
    torch.testing.assert_close(conv2d(x, weight, bias, 2, 1), F.conv2d(x, weight, bias, 2, 1))
