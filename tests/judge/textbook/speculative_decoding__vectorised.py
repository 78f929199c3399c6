"""Accept in one comparison, the count by cumprod, searchsorted with right=True."""

import torch
from torch import Tensor


def verify(tokens: Tensor, draft: Tensor, target: Tensor, uniform: Tensor) -> list[int]:
    k = tokens.shape[0]
    p = target[:k].gather(1, tokens[:, None])[:, 0]
    q = draft.gather(1, tokens[:, None])[:, 0]
    accept = uniform[:k] < p / q
    n = int(accept.long().cumprod(dim=0).sum())
    if n == k:
        probs = target[k]
    else:
        probs = torch.relu(target[n] - draft[n])
        probs = probs / probs.sum()
    cum = probs.cumsum(dim=0)
    token = int(torch.searchsorted(cum, uniform[k], right=True))
    last = int(probs.nonzero().max())
    return tokens[:n].tolist() + [min(token, last)]
