"""The accept-or-reject step of speculative decoding, with the random numbers given. One sequence, no batch."""

from torch import Tensor


def draw(weights: Tensor, number: Tensor) -> int:
    """The smallest id whose cumulative weight is above `number` times the total. Weights (V,) need not sum to 1."""
    cumulative = weights.double().cumsum(dim=0)  # the number may be a double, closer to 1 than any float32
    return int((cumulative > number * cumulative[-1]).nonzero()[0])


def verify(tokens: Tensor, draft: Tensor, target: Tensor, uniform: Tensor) -> list[int]:
    """(K,), (K, V), (K + 1, V), (K + 1,) -> the accepted tokens and one drawn token, 1 to K + 1 ids."""
    accepted: list[int] = []
    for i, token in enumerate(tokens.tolist()):
        if uniform[i] >= target[i, token] / draft[i, token]:
            lacking = (target[i] - draft[i]).clamp(min=0)  # what min(p, q) hasn't given yet
            return [*accepted, draw(lacking if lacking.any() else target[i], uniform[-1])]  # rounding can leave none
        accepted.append(token)
    return [*accepted, draw(target[-1], uniform[-1])]
