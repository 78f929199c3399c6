"""Sample where the temperature is not 0: argmax is only for 0."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Model = Callable[[Tensor, Any], tuple[Tensor, Any]]


def choose(logits: Tensor) -> Tensor:
    return logits.argmax(dim=-1)


@torch.no_grad()
def generate(  # noqa: PLR0913, PLR0917, a generation loop has that many settings
    model: Model,
    prompt: Tensor,
    max_new: int,
    eos: int,
    pad: int,
    temperature: float = 0.0,  # noqa: ARG001, the mistake
    generator: torch.Generator | None = None,  # noqa: ARG001, the mistake
) -> Tensor:
    columns, feed, cache = [prompt], prompt, None
    finished = torch.zeros(len(prompt), dtype=torch.bool)
    for _ in range(max_new):
        logits, cache = model(feed, cache)
        token = choose(logits[:, -1]).masked_fill(finished, pad)
        feed = token[:, None]
        columns.append(feed)
        finished = finished | (token == eos)
        if finished.all():
            break
    return torch.cat(columns, dim=1)
