"""Train the net that was passed in. The caller never sees your copy."""

import copy

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy


class Net(nn.Module):
    def __init__(self, features: int, width: int, classes: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(features, width), nn.BatchNorm1d(width), nn.ReLU())
        self.dropout, self.head = nn.Dropout(0.2), nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.dropout(self.body(x)))


def fit(net: Net, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor, epochs: int) -> list[float]:
    losses = []
    for _ in range(epochs):
        total = 0.0
        for rows, labels in zip(x.split(16), y.split(16), strict=True):
            loss = cross_entropy(net(rows), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(x))
    return losses


def pretrain(net: Net, x: Tensor, y: Tensor, *, epochs: int = 20, lr: float = 0.1) -> list[float]:
    net.train()
    return fit(net, torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9), x, y, epochs)


def finetune(  # noqa: PLR0913, the settings of a run
    net: Net, x: Tensor, y: Tensor, classes: int, *, epochs: int = 20, lr: float = 0.1
) -> list[float]:
    net = copy.deepcopy(net)
    net.body.requires_grad_(False)  # noqa: FBT003, this is how the method is called
    net.head = nn.Linear(net.head.in_features, classes)
    net.train()
    net.body.eval()  # after train(), which sets all modules: batch norm updates its statistics even without gradients
    return fit(net, torch.optim.SGD(net.head.parameters(), lr=lr, momentum=0.9), x, y, epochs)


@torch.no_grad()
def accuracy(net: Net, x: Tensor, y: Tensor) -> float:
    net.eval()
    return (net(x).argmax(dim=1) == y).float().mean().item()
