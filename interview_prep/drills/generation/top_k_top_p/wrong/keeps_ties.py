"""Keep exactly top_k: comparing with the k-th largest value keeps all that equal it."""

import torch
from torch import Tensor


def filter_logits(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    if temperature <= 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError(f"temperature={temperature}, top_k={top_k}, top_p={top_p}")
    scaled = logits / temperature
    if top_k is not None:
        smallest = scaled.topk(min(top_k, scaled.shape[-1]), dim=-1).values[..., -1:]
        scaled = scaled.masked_fill(scaled < smallest, float("-inf"))
    ranked, order = scaled.sort(dim=-1, descending=True, stable=True)
    if top_p is not None and top_p < 1:
        probabilities = ranked.softmax(dim=-1)
        before = probabilities.cumsum(dim=-1) - probabilities
        ranked = ranked.masked_fill(before >= top_p, float("-inf"))
    return torch.empty_like(ranked).scatter(-1, order, ranked)
