"""LayerNorm over the last dimension, forward and backward by hand."""

from torch import Tensor


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """(..., D), (D,), (D,) -> (..., D): each row normalized to mean 0 and variance 1, then weight and bias."""
    raise NotImplementedError


def layer_norm_backward(grad: Tensor, x: Tensor, weight: Tensor, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    """(..., D), (..., D), (D,) -> the gradients of x (..., D), weight (D,) and bias (D,), from the gradient of y."""
    raise NotImplementedError
