"""Use > for the cumulative sum and < for the ratio: a number of 0 must not pick probability 0."""

from torch import Tensor


def draw(weights: Tensor, number: Tensor) -> int:
    cumulative = weights.cumsum(dim=0)
    return int((cumulative >= number * cumulative[-1]).nonzero()[0])


def verify(tokens: Tensor, draft: Tensor, target: Tensor, uniform: Tensor) -> list[int]:
    accepted: list[int] = []
    for i, token in enumerate(tokens.tolist()):
        if uniform[i] > target[i, token] / draft[i, token]:
            lacking = (target[i] - draft[i]).clamp(min=0)
            return [*accepted, draw(lacking, uniform[-1])]
        accepted.append(token)
    return [*accepted, draw(target[-1], uniform[-1])]
