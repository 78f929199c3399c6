"""Give a new tensor back: the caller still needs x."""

import torch


def double(x: torch.Tensor) -> torch.Tensor:
    return x.add_(x)
