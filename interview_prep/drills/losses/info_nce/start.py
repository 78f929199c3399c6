"""InfoNCE: each row of a finds its partner among all rows of b, and the other way round."""

from torch import Tensor


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    """(N, D), (N, D) -> (). Rows of the same number are pairs. Raises ValueError where the shapes differ."""
    raise NotImplementedError
