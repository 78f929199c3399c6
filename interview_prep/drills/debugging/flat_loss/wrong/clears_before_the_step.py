"""Clear the gradients before backward: cleared between backward and step, every step is 0."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy


class Classifier(nn.Module):
    """Features (B, F) -> logits (B, C): out(relu(hidden(x)))."""

    def __init__(self, features: int, width: int, classes: int) -> None:
        super().__init__()
        self.hidden, self.out = nn.Linear(features, width), nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.hidden(x).relu())


def batches(inputs: Tensor, targets: Tensor, size: int, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """Every row of (N, F) with its target, once, in random order; the last batch may be smaller."""
    order = torch.randperm(len(inputs), generator=generator)  # one for both
    for rows in order.split(size):
        yield inputs[rows], targets[rows]


def warmup(step: int, steps: int) -> float:
    """By what to multiply the learning rate in step 0, 1, 2, ...: 1/steps, 2/steps, ..., 1, 1, ..."""
    return min(1.0, (step + 1) / steps)


def train(  # noqa: PLR0913, the settings of a run
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    *,
    epochs: int = 10,
    size: int = 16,
    lr: float = 0.05,
    warm: int = 50,
    seed: int = 0,
) -> list[float]:
    """Train in place on (N, F), (N,), warming up over the first `warm` steps -> each epoch's mean loss of a row."""
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: warmup(step, warm))
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x, y in batches(inputs, targets, size, generator):
            loss = cross_entropy(model(x), y)
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
            schedule.step()  # counts steps, not epochs
            total += loss.item() * len(x)
        losses.append(total / len(inputs))
    return losses
