"""nanoGPT: @, a factor before the product, -inf, F.softmax."""

import math

import torch.nn.functional as F
from torch import Tensor


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    att = (query @ key.transpose(-2, -1)) * (1.0 / math.sqrt(query.size(-1)))
    if mask is not None:
        att = att.masked_fill(~mask, float("-inf"))
    att = F.softmax(att, dim=-1)
    return att @ value


if __name__ == "__main__":
    import torch

    q, k, v = torch.randn(3, 2, 4, 8).unbind(0)
    assert torch.allclose(attention(q, k, v), F.scaled_dot_product_attention(q, k, v), atol=1e-6)
