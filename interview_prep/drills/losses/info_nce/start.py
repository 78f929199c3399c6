"""InfoNCE: each row of a finds its partner among all rows of b, and vice versa."""

from torch import Tensor


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    """(N, D), (N, D) -> (). Rows with the same index are pairs. Raises ValueError if the shapes differ."""
    raise NotImplementedError
