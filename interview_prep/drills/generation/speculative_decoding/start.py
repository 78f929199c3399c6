"""The accept-or-reject step of speculative decoding, with the random numbers given."""

from torch import Tensor


def verify(tokens: Tensor, draft: Tensor, target: Tensor, uniform: Tensor) -> list[int]:
    """(K,), (K, V), (K + 1, V), (K + 1,) -> the accepted tokens and one drawn token, 1 to K + 1 ids."""
    raise NotImplementedError
