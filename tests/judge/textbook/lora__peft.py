"""peft's: adapters called by a helper, the delta weight in a method; merges by data."""

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, linear: nn.Linear, rank: int, alpha: float = 1.0) -> None:
        super().__init__()
        if rank <= 0:
            raise ValueError(f"`rank` should be a positive integer value but the value passed is {rank}")
        self.base = linear
        self.base.weight.requires_grad_(False)
        if self.base.bias is not None:
            self.base.bias.requires_grad_(False)
        self.rank, self.alpha = rank, alpha
        self.A = nn.Parameter(torch.empty(rank, linear.in_features).to(linear.weight))
        self.B = nn.Parameter(torch.zeros(linear.out_features, rank).to(linear.weight))
        nn.init.normal_(self.A, std=1 / rank)

    def delta(self) -> Tensor:
        return self.alpha / self.rank * (self.B @ self.A)

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.alpha / self.rank * (x @ self.A.T) @ self.B.T

    def merge(self) -> nn.Linear:
        new = nn.Linear(self.base.in_features, self.base.out_features, bias=self.base.bias is not None)
        new = new.to(self.base.weight)
        new.weight.data = (self.base.weight + self.delta()).detach().clone()
        if self.base.bias is not None:
            new.bias.data = self.base.bias.detach().clone()
        return new
