"""Train a classifier by SGD with momentum and a warm-up. It has four bugs."""

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
        return self.out(self.hidden(x).relu()).softmax(dim=-1)


def batches(inputs: Tensor, targets: Tensor, size: int, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """Every row of (N, F) with its target, once, in random order; the last batch may be smaller."""
    rows = inputs[torch.randperm(len(inputs), generator=generator)]
    labels = targets[torch.randperm(len(targets), generator=generator)]
    yield from zip(rows.split(size), labels.split(size), strict=True)


def warmup(step: int, steps: int) -> float:
    """What to multiply the learning rate by in step 0, 1, 2, ...: 1/steps, 2/steps, ..., 1, 1, ..."""
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
    """Train in place on (N, F), (N,), warming up over the first `warm` steps -> each epoch's mean loss per row."""
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
            total += loss.item() * len(x)
        schedule.step()
        losses.append(total / len(inputs))
    return losses


def main() -> None:
    """Learn which of four clouds a point comes from."""
    torch.manual_seed(0)
    centers = 2 * torch.randn(4, 5)
    labels = torch.arange(4).repeat_interleave(100)
    points = centers[labels] + torch.randn(400, 5)  # (400, 5), sorted by cloud
    model = Classifier(5, 32, 4)
    for epoch, loss in enumerate(train(model, points, labels), start=1):
        print(f"epoch {epoch:2}  loss {loss:.4f}")
    new = centers[labels] + torch.randn(400, 5)
    right = (model(new).argmax(dim=1) == labels).float().mean()
    print(f"new points: {right.item():.0%} right")


if __name__ == "__main__":
    main()
