"""RMSNorm over the last dimension."""

from torch import Tensor


def rms_norm(x: Tensor, weight: Tensor, eps: float = 1e-6) -> Tensor:
    """(..., D), (D,) -> (..., D) in x's dtype: x / sqrt(mean(x²) + eps) * weight, computed in float32 or wider."""
    raise NotImplementedError
