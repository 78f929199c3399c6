"""gpt-fast's prefill and decode with torch.multinomial and a finished mask."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Model = Callable[[Tensor, Any], tuple[Tensor, Any]]


def sample(logits: Tensor, temperature: float, generator: torch.Generator | None) -> Tensor:
    if temperature == 0:
        return logits.argmax(dim=-1, keepdim=True)
    probs = torch.softmax(logits / temperature, dim=-1)
    return torch.multinomial(probs, num_samples=1, generator=generator)


@torch.no_grad()
def generate(
    model: Model,
    prompt: Tensor,
    max_new: int,
    eos: int,
    pad: int,
    temperature: float = 0.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    tokens, cache = prompt, None
    finished = torch.zeros(prompt.shape[0], 1, dtype=torch.bool, device=prompt.device)
    output = prompt
    for _ in range(max_new):
        logits, cache = model(tokens, cache)
        tokens = sample(logits[:, -1], temperature, generator)
        tokens = torch.where(finished, pad, tokens)
        output = torch.cat([output, tokens], dim=1)
        finished = finished | (tokens == eos)
        if finished.all():
            break
    return output
