"""Take the softmax for top_p after top-k: what is cut has no share in the nucleus."""

import torch
from torch import Tensor


def filter_logits(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    if temperature <= 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError(f"temperature={temperature}, top_k={top_k}, top_p={top_p}")
    ranked, order = (logits / temperature).sort(dim=-1, descending=True, stable=True)
    probabilities = ranked.softmax(dim=-1)
    before = probabilities.cumsum(dim=-1) - probabilities
    if top_k is not None:
        ranked[..., top_k:] = float("-inf")
    if top_p is not None and top_p < 1:
        ranked = ranked.masked_fill(before >= top_p, float("-inf"))
    return torch.empty_like(ranked).scatter(-1, order, ranked)
