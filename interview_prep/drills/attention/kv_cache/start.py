"""Causal multi-head self-attention with a KV cache."""

from torch import Tensor, nn

Cache = tuple[Tensor, Tensor]  # keys and values, each (B, H, P, d)


class CachedAttention(nn.Module):
    """Linear layers q_proj, k_proj, v_proj and out_proj, each (d_model, d_model)."""

    def __init__(self, d_model: int, heads: int) -> None:
        raise NotImplementedError

    def forward(self, x: Tensor, cache: Cache | None = None) -> tuple[Tensor, Cache]:
        """(B, T, D) of new tokens, cache of P tokens -> (B, T, D), cache of P + T tokens."""
        raise NotImplementedError
