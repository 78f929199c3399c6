"""Beams as one tensor, divmod of the topk indices, cat of parents and tokens."""

from collections.abc import Callable

import torch
from torch import Tensor


def beam_search(step: Callable[[Tensor], Tensor], start: int, end: int, width: int, max_new: int) -> list[list[int]]:
    sequences = torch.tensor([[start]])  # (N, T)
    totals = torch.zeros(1, dtype=torch.float64)
    done = []
    for length in range(1, max_new + 1):
        log_probs = step(sequences).double()
        all_totals = totals[:, None] + log_probs  # (N, V)
        k = min(width, all_totals.numel())
        best, flat = all_totals.view(-1).topk(k)
        keep = best > -torch.inf
        best, flat = best[keep], flat[keep]
        parents = torch.div(flat, log_probs.size(1), rounding_mode="floor")
        tokens = flat % log_probs.size(1)
        sequences = torch.cat([sequences[parents], tokens[:, None]], dim=1)
        is_end = tokens == end
        for seq, total in zip(sequences[is_end], best[is_end], strict=True):
            done.append((total.item() / length, seq[1:].tolist()))
        sequences, totals = sequences[~is_end], best[~is_end]
        if len(sequences) == 0:
            break
    for seq, total in zip(sequences, totals, strict=True):
        done.append((total.item() / (len(seq) - 1), seq[1:].tolist()))
    done.sort(key=lambda pair: -pair[0])
    return [seq for _, seq in done[:width]]
