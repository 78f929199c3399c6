"""The write-up's loop: accept, else residual by clamp, cumsum and the first index above the number."""

from torch import Tensor


def draw(probs: Tensor, u: Tensor) -> int:
    cdf = probs.cumsum(dim=-1)
    above = (cdf > u) & (probs > 0)
    if not above.any():  # rounding: the row sums to less than u
        return int(probs.nonzero()[-1])
    return int(above.int().argmax())


def verify(tokens: Tensor, draft: Tensor, target: Tensor, uniform: Tensor) -> list[int]:
    K = len(tokens)
    accepted: list[int] = []
    for i in range(K):
        x = int(tokens[i])
        if uniform[i] < target[i, x] / draft[i, x]:
            accepted.append(x)
            continue
        residual = (target[i] - draft[i]).clamp(min=0)
        residual = residual / residual.sum()
        return accepted + [draw(residual, uniform[K])]
    return accepted + [draw(target[K], uniform[K])]
