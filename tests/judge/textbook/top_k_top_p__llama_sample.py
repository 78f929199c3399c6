"""Llama's sample_top_p: sort once, mask where the sum before a token exceeds p; ranks by a stable sort."""

import torch
from torch import Tensor


def filter_logits(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    if not temperature > 0:
        raise ValueError("temperature must be > 0")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be >= 1")
    if top_p is not None and not 0.0 < top_p <= 1.0:
        raise ValueError("top_p must be in (0, 1]")
    logits = logits / temperature
    ordered, index = torch.sort(logits, dim=-1, descending=True, stable=True)
    if top_k is not None:
        ordered[..., top_k:] = float("-inf")
    if top_p is not None and top_p < 1:
        probs = torch.softmax(ordered.float(), dim=-1)
        before = probs.cumsum(dim=-1) - probs
        keep = before < top_p
        keep[..., 0] = True
        ordered = ordered.masked_fill(~keep, float("-inf"))
    return torch.empty_like(logits).scatter(-1, index, ordered)
