"""Scale the number by the cumulative sum's last value: rounding may leave that below the number."""

from torch import Tensor


def draw(weights: Tensor, number: Tensor) -> int:
    cumulative = (weights / weights.sum()).cumsum(dim=0)
    return min(int((cumulative <= number).sum()), len(weights) - 1)


def verify(tokens: Tensor, draft: Tensor, target: Tensor, uniform: Tensor) -> list[int]:
    accepted: list[int] = []
    for i, token in enumerate(tokens.tolist()):
        if uniform[i] >= target[i, token] / draft[i, token]:
            lacking = (target[i] - draft[i]).clamp(min=0)
            return [*accepted, draw(lacking, uniform[-1])]
        accepted.append(token)
    return [*accepted, draw(target[-1], uniform[-1])]
