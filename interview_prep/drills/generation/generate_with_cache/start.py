"""The generation loop of a language model with a key-value cache."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Model = Callable[[Tensor, Any], tuple[Tensor, Any]]


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
    raise NotImplementedError
