"""Clamp p - q at 0: where the draft has more than the target, nothing is lacking."""

from torch import Tensor


def draw(weights: Tensor, number: Tensor) -> int:
    cumulative = weights.cumsum(dim=0)
    return int((cumulative > number * cumulative[-1]).nonzero()[0])


def verify(tokens: Tensor, draft: Tensor, target: Tensor, uniform: Tensor) -> list[int]:
    accepted: list[int] = []
    for i, token in enumerate(tokens.tolist()):
        if uniform[i] >= target[i, token] / draft[i, token]:
            lacking = (target[i] - draft[i]).abs()
            return [*accepted, draw(lacking, uniform[-1])]
        accepted.append(token)
    return [*accepted, draw(target[-1], uniform[-1])]
