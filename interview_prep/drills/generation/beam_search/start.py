"""Beam search with an end token, ranked by mean log probability."""

from collections.abc import Callable

from torch import Tensor


def beam_search(step: Callable[[Tensor], Tensor], start: int, end: int, width: int, max_new: int) -> list[list[int]]:
    """The `width` best sequences without `start`, best first. Step: token ids (N, T) -> log probabilities (N, V)."""
    raise NotImplementedError
