"""Add x to itself: multiplied by itself it is squared."""

import torch


def double(x: torch.Tensor) -> torch.Tensor:
    return x**2
