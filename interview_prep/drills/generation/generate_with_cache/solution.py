"""The generation loop of a language model with a key-value cache. No left padding, no top-k."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Model = Callable[[Tensor, Any], tuple[Tensor, Any]]


def choose(logits: Tensor, temperature: float, generator: torch.Generator | None) -> Tensor:
    """(B, V) -> (B,)."""
    if temperature == 0:
        return logits.argmax(dim=-1)
    return torch.multinomial((logits / temperature).softmax(dim=-1), 1, generator=generator).squeeze(1)


@torch.no_grad()
def generate(  # noqa: PLR0913, PLR0917, a generation loop has that many settings
    model: Model,
    prompt: Tensor,
    max_new: int,
    eos: int,
    pad: int,
    temperature: float = 0.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Prompts (B, T) -> (B, T + steps), int64. Model: (B, S), cache -> (B, S, V), cache. Temperature 0 means argmax."""
    columns, feed, cache = [prompt], prompt, None
    finished = torch.zeros(len(prompt), dtype=torch.bool, device=prompt.device)
    for _ in range(max_new):
        logits, cache = model(feed, cache)
        token = choose(logits[:, -1], temperature, generator).masked_fill(finished, pad)
        feed = token[:, None]  # (B, 1): the cache holds everything before
        columns.append(feed)
        finished = finished | (token == eos)  # after the fill, so that eos itself stays
        if finished.all():
            break
    return torch.cat(columns, dim=1)
