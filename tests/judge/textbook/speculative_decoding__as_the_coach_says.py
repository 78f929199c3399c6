"""As hint 3 recommends: scale the random number instead of the weights."""

from torch import Tensor


def verify(tokens: Tensor, draft: Tensor, target: Tensor, uniform: Tensor) -> list[int]:
    kept = []
    weights = target[len(tokens)]
    for i, x in enumerate(tokens.tolist()):
        if uniform[i] >= target[i, x] / draft[i, x]:
            weights = (target[i] - draft[i]).clamp(min=0)
            break
        kept.append(x)
    cumulative = weights.cumsum(0)
    drawn = int((cumulative > uniform[-1] * cumulative[-1]).nonzero()[0])
    return kept + [drawn]
