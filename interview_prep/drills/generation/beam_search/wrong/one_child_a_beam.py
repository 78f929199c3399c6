"""Choose among all continuations of all beams: the best two may come from the same beam."""

import math
from collections.abc import Callable

import torch
from torch import Tensor


def beam_search(step: Callable[[Tensor], Tensor], start: int, end: int, width: int, max_new: int) -> list[list[int]]:
    live, totals = torch.tensor([[start]]), torch.zeros(1)
    scored: list[tuple[float, list[int]]] = []
    for added in range(1, max_new + 1):
        continued = totals[:, None] + step(live)
        totals, token = continued.topk(min(width, continued.shape[1]) if added == 1 else 1, dim=1)
        flat = token + torch.arange(len(live))[:, None] * continued.shape[1]
        totals, flat = totals.flatten(), flat.flatten()
        totals, flat = totals[totals > -math.inf], flat[totals > -math.inf]
        beam, token = flat // continued.shape[1], flat % continued.shape[1]
        live = torch.cat([live[beam], token[:, None]], dim=1)
        leaves = (token == end) | (added == max_new)
        scores = (totals[leaves] / added).tolist()
        scored += zip(scores, live[leaves, 1:].tolist(), strict=True)
        live, totals = live[~leaves], totals[~leaves]
        if len(live) == 0:
            break
    return [tokens for _, tokens in sorted(scored, reverse=True)[:width]]
