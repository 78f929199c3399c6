"""Lists of (tokens, total), topk over the flattened continuations, as in a tutorial."""

from collections.abc import Callable

import torch
from torch import Tensor


def beam_search(step: Callable[[Tensor], Tensor], start: int, end: int, width: int, max_new: int) -> list[list[int]]:
    beams = [([start], 0.0)]
    finished = []
    for _ in range(max_new):
        if not beams:
            break
        tokens = torch.tensor([seq for seq, _ in beams])
        log_probs = step(tokens)  # (N, V)
        scores = torch.tensor([score for _, score in beams]).unsqueeze(1) + log_probs
        vocab = log_probs.shape[1]
        top = torch.topk(scores.flatten(), min(width, scores.numel()))
        new_beams = []
        for value, index in zip(top.values.tolist(), top.indices.tolist(), strict=True):
            if value == float("-inf"):
                continue
            seq = beams[index // vocab][0] + [index % vocab]
            if seq[-1] == end:
                finished.append((seq, value))
            else:
                new_beams.append((seq, value))
        beams = new_beams
    candidates = finished + beams
    candidates.sort(key=lambda c: c[1] / (len(c[0]) - 1), reverse=True)
    return [seq[1:] for seq, _ in candidates[:width]]
