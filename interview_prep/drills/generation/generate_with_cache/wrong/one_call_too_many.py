"""Ask the model at the top of the loop: a call after the last token is thrown away."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Model = Callable[[Tensor, Any], tuple[Tensor, Any]]


def choose(logits: Tensor, temperature: float, generator: torch.Generator | None) -> Tensor:
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
    columns = [prompt]
    finished = torch.zeros(len(prompt), dtype=torch.bool)
    logits, cache = model(prompt, None)
    for _ in range(max_new):
        token = choose(logits[:, -1], temperature, generator).masked_fill(finished, pad)
        feed = token[:, None]
        columns.append(feed)
        finished = finished | (token == eos)
        if finished.all():
            break
        logits, cache = model(feed, cache)
    return torch.cat(columns, dim=1)
