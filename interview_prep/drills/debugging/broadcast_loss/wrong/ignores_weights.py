"""Keep the weights in the loss: without them the typing errors count as much as the rents."""

import torch
from torch import Tensor, nn


class Regressor(nn.Module):
    def __init__(self, features: int, width: int = 16) -> None:
        super().__init__()
        self.hidden, self.out = nn.Linear(features, width), nn.Linear(width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.hidden(x).relu()).squeeze(-1)  # (B, 1) -> (B,): beside a target (B,) it would be (B, B)


def split(table: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return table[:, :-2], table[:, -2], table[:, -1]


def standardised(rows: Tensor, like: Tensor) -> Tensor:
    return (rows - like.mean(dim=0)) / like.std(dim=0)  # (N, F) beside (F,)


def loss_of(predicted: Tensor, target: Tensor, weight: Tensor) -> Tensor:  # noqa: ARG001, the mistake
    return ((predicted - target) ** 2).mean()


def train(  # noqa: PLR0913, the settings of a run
    model: nn.Module, table: Tensor, *, epochs: int = 20, size: int = 16, lr: float = 0.01, seed: int = 0
) -> list[float]:
    features, target, weight = split(table)
    x = standardised(features, features)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(x), generator=generator).split(size):
            loss = loss_of(model(x[rows]), target[rows], weight[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(x))
    return losses


@torch.no_grad()
def predict(model: nn.Module, features: Tensor, table: Tensor) -> Tensor:
    return model(standardised(features, split(table)[0]))


def r_squared(predicted: Tensor, target: Tensor) -> float:
    return 1 - ((predicted - target) ** 2).mean().item() / target.var(correction=0).item()
