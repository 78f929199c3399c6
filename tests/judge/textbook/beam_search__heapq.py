"""Plain Python: all continuations in one list, heapq.nlargest."""

import heapq
from collections.abc import Callable

import torch
from torch import Tensor


def beam_search(step: Callable[[Tensor], Tensor], start: int, end: int, width: int, max_new: int) -> list[list[int]]:
    live = [(0.0, [start])]
    finished = []
    for _ in range(max_new):
        rows = step(torch.tensor([seq for _, seq in live], dtype=torch.int64)).tolist()
        options = [
            (total + lp, seq + [token])
            for (total, seq), row in zip(live, rows, strict=True)
            for token, lp in enumerate(row)
            if lp > float("-inf")
        ]
        best = heapq.nlargest(width, options, key=lambda o: o[0])
        finished += [o for o in best if o[1][-1] == end]
        live = [o for o in best if o[1][-1] != end]
        if not live:
            break
    ranked = sorted(finished + live, key=lambda o: o[0] / (len(o[1]) - 1), reverse=True)
    return [seq[1:] for _, seq in ranked[:width]]
