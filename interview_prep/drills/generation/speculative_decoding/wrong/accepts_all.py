"""Test each proposed token: accepting all gives the draft's distribution, not the target's."""

from torch import Tensor


def draw(weights: Tensor, number: Tensor) -> int:
    cumulative = weights.cumsum(dim=0)
    return int((cumulative > number * cumulative[-1]).nonzero()[0])


def verify(tokens: Tensor, draft: Tensor, target: Tensor, uniform: Tensor) -> list[int]:  # noqa: ARG001, the mistake
    accepted = tokens.tolist()
    return [*accepted, draw(target[-1], uniform[-1])]
