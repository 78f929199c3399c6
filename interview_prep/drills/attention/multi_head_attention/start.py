"""Multi-head attention, for self-attention and cross-attention."""

from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Linear layers q_proj, k_proj, v_proj and out_proj, each (d_model, d_model)."""

    def __init__(self, d_model: int, heads: int) -> None:
        """Raises ValueError if heads doesn't divide d_model."""
        raise NotImplementedError

    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """(B, T, D), (B, S, D) -> (B, T, D). Mask: bool, (T, S) or (B, T, S), True where T may look at S."""
        raise NotImplementedError
