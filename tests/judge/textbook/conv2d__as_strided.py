"""as_strided windows and a matrix product, as in numpy-ml."""

from torch import Tensor


def conv2d(x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0) -> Tensor:
    B, C, H, W = x.shape
    O, Cw, KH, KW = weight.shape
    if Cw != C:
        raise ValueError("wrong number of channels")
    if KH > H + 2 * padding or KW > W + 2 * padding:
        raise ValueError("filter is larger than the image")
    padded = x.new_zeros(B, C, H + 2 * padding, W + 2 * padding)
    padded[:, :, padding : padding + H, padding : padding + W] = x
    OH = (H + 2 * padding - KH) // stride + 1
    OW = (W + 2 * padding - KW) // stride + 1
    sb, sc, sh, sw = padded.stride()
    windows = padded.as_strided((B, OH, OW, C, KH, KW), (sb, sh * stride, sw * stride, sc, sh, sw))
    cols = windows.reshape(B, OH * OW, C * KH * KW)
    out = cols @ weight.reshape(O, -1).T  # (B, OH*OW, O)
    if bias is not None:
        out = out + bias
    return out.transpose(1, 2).reshape(B, O, OH, OW)
