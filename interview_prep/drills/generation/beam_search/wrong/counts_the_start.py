"""Divide by the number of added tokens, without the start token: it costs nothing."""

import math
from collections.abc import Callable

import torch
from torch import Tensor


def beam_search(step: Callable[[Tensor], Tensor], start: int, end: int, width: int, max_new: int) -> list[list[int]]:
    live, totals = torch.tensor([[start]]), torch.zeros(1)
    scored: list[tuple[float, list[int]]] = []
    for added in range(1, max_new + 1):
        continued = totals[:, None] + step(live)
        totals, flat = continued.flatten().topk(min(width, continued.numel()))
        totals, flat = totals[totals > -math.inf], flat[totals > -math.inf]
        beam, token = flat // continued.shape[1], flat % continued.shape[1]
        live = torch.cat([live[beam], token[:, None]], dim=1)
        leaves = (token == end) | (added == max_new)
        scores = (totals[leaves] / (added + 1)).tolist()
        scored += zip(scores, live[leaves, 1:].tolist(), strict=True)
        live, totals = live[~leaves], totals[~leaves]
        if len(live) == 0:
            break
    return [tokens for _, tokens in sorted(scored, reverse=True)[:width]]
