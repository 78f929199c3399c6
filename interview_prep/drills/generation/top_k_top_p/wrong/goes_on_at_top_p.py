"""Stop where the tokens before have top_p already: keep while they have less, not as much."""

import torch
from torch import Tensor


def filter_logits(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    if temperature <= 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError(f"temperature={temperature}, top_k={top_k}, top_p={top_p}")
    ranked, order = (logits / temperature).sort(dim=-1, descending=True, stable=True)
    if top_k is not None:
        ranked[..., top_k:] = float("-inf")
    if top_p is not None and top_p < 1:
        beyond = (ranked.softmax(dim=-1).cumsum(dim=-1) > top_p).roll(1, dims=-1)
        beyond[..., 0] = False
        ranked = ranked.masked_fill(beyond, float("-inf"))
    return torch.empty_like(ranked).scatter(-1, order, ranked)
