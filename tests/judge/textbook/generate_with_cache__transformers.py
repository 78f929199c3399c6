"""transformers' unfinished_sequences, multiplied in, with a list of tokens joined at the end."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

Model = Callable[[Tensor, Any], tuple[Tensor, Any]]


@torch.inference_mode()
def generate(
    model: Model,
    prompt: Tensor,
    max_new: int,
    eos: int,
    pad: int,
    temperature: float = 0.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    unfinished = torch.ones(prompt.shape[0], dtype=torch.long, device=prompt.device)
    generated = [prompt]
    model_input = prompt
    past = None
    for _ in range(max_new):
        logits, past = model(model_input, past)
        next_logits = logits[:, -1, :]
        if temperature > 0:
            probs = F.softmax(next_logits / temperature, dim=-1)
            next_tokens = torch.multinomial(probs, 1, generator=generator).squeeze(1)
        else:
            next_tokens = torch.argmax(next_logits, dim=-1)
        next_tokens = next_tokens * unfinished + pad * (1 - unfinished)
        model_input = next_tokens[:, None]
        generated.append(model_input)
        unfinished = unfinished * (next_tokens != eos).long()
        if unfinished.max() == 0:
            break
    return torch.cat(generated, dim=-1)
