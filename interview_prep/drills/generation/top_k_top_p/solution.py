"""Filter the logits of the next token by temperature, top-k and top-p. It doesn't draw anything."""

import torch
from torch import Tensor


def filter_logits(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    """(..., V) -> (..., V): logits / temperature where a token is kept, -inf elsewhere.

    Raises ValueError unless temperature > 0, top_k >= 1 and 0 < top_p <= 1.
    """
    if temperature <= 0 or (top_k is not None and top_k < 1) or (top_p is not None and not 0 < top_p <= 1):
        raise ValueError(f"temperature={temperature}, top_k={top_k}, top_p={top_p}")
    ranked, order = (logits / temperature).sort(dim=-1, descending=True, stable=True)  # (..., V) each
    if top_k is not None:
        ranked[..., top_k:] = float("-inf")
    if top_p is not None and top_p < 1:
        probabilities = ranked.softmax(dim=-1)
        before = probabilities.cumsum(dim=-1) - probabilities  # so the token that crosses top_p stays
        ranked = ranked.masked_fill(before >= top_p, float("-inf"))
    return torch.empty_like(ranked).scatter(-1, order, ranked)  # back from ranks to token ids
