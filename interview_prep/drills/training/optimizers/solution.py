"""SGD with momentum, and AdamW, as torch.optim has them. No parameter groups, no Nesterov, no state_dict."""

from collections.abc import Iterable

import torch
from torch import Tensor


class SGD:
    """Momentum as in PyTorch: v = momentum * v + g, then p -= lr * v. Weight decay is part of g."""

    def __init__(self, params: Iterable[Tensor], lr: float, momentum: float = 0.0, weight_decay: float = 0.0) -> None:
        self.params = list(params)  # model.parameters() can be iterated only once
        self.lr, self.momentum, self.weight_decay = lr, momentum, weight_decay
        self.velocity = [torch.zeros_like(p) for p in self.params]

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter that has a gradient, in place."""
        for p, v in zip(self.params, self.velocity, strict=True):
            if p.grad is None:
                continue
            v.mul_(self.momentum).add_(p.grad + self.weight_decay * p)
            p.sub_(self.lr * v)

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for p in self.params:
            p.grad = None


class AdamW:
    """Adam with bias correction, and weight decay separate from the gradient."""

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        self.params = list(params)
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.mean = [torch.zeros_like(p) for p in self.params]
        self.square = [torch.zeros_like(p) for p in self.params]
        self.steps = [0 for _ in self.params]  # one each: the bias depends on how many gradients a parameter has had

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter that has a gradient, in place."""
        first, second = self.betas
        for i, (p, m, v) in enumerate(zip(self.params, self.mean, self.square, strict=True)):
            if p.grad is None:
                continue
            self.steps[i] += 1
            m.mul_(first).add_((1 - first) * p.grad)
            v.mul_(second).add_((1 - second) * p.grad**2)
            m_hat = m / (1 - first ** self.steps[i])
            v_hat = v / (1 - second ** self.steps[i])
            p.mul_(1 - self.lr * self.weight_decay)
            p.sub_(self.lr * m_hat / (v_hat.sqrt() + self.eps))

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for p in self.params:
            p.grad = None
