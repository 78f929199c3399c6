"""net.train() moves out of fit into pretrain; finetune sets train for all and eval for the body."""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy


class Net(nn.Module):
    """Features (B, F) -> logits (B, C): head(dropout(body(x)))."""

    def __init__(self, features: int, width: int, classes: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(features, width), nn.BatchNorm1d(width), nn.ReLU())
        self.dropout, self.head = nn.Dropout(0.2), nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.dropout(self.body(x)))


def fit(net: Net, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor, epochs: int) -> list[float]:
    """Train in place on rows (N, F) and labels (N,), 16 at a time in their order -> each epoch's mean loss of a row."""
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
    """Train all of the net in place on rows (N, F) and labels (N,) -> each epoch's mean loss of a row."""
    net.train()
    return fit(net, torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9), x, y, epochs)


def finetune(  # noqa: PLR0913, the settings of a run
    net: Net, x: Tensor, y: Tensor, classes: int, *, epochs: int = 20, lr: float = 0.1
) -> list[float]:
    """Put a new head on the net and train it alone, in place -> each epoch's mean loss of a row."""
    for p in net.body.parameters():
        p.requires_grad = False
    net.head = nn.Linear(net.head.in_features, classes)
    net.train()
    net.body.eval()
    optimizer = torch.optim.SGD(net.head.parameters(), lr=lr, momentum=0.9)
    return fit(net, optimizer, x, y, epochs)


@torch.no_grad()
def accuracy(net: Net, x: Tensor, y: Tensor) -> float:
    """Share of the rows (N, F) whose largest logit is that of the label (N,)."""
    net.eval()
    return (net(x).argmax(dim=1) == y).float().mean().item()


def main() -> None:
    """Learn eight kinds of points, then on other ones which is odd and which is even, and then tell kinds again."""
    torch.manual_seed(0)
    centers = 2 * torch.randn(8, 6)
    kinds, new_kinds = torch.randint(8, (2, 480))
    x, new_x = centers[kinds] + torch.randn(480, 6), centers[new_kinds] + torch.randn(480, 6)
    net = Net(6, 64, classes=8)
    pretrain(net, x, kinds)
    by_kind = [accuracy(net, new_x[new_kinds == kind], new_kinds[new_kinds == kind]) for kind in range(8)]
    print(f"kinds: {accuracy(net, new_x, new_kinds):.0%} right; kind by kind: {sum(by_kind) / 8:.0%}")
    old_head = net.head
    losses = finetune(net, x + 1, kinds % 2, 2)
    print(f"finetune: loss {losses[0]:.3f} -> {losses[-1]:.3f}")
    print(f"odd or even: {accuracy(net, new_x + 1, new_kinds % 2):.0%} right")
    net.head = old_head
    print(f"kinds, with the old head: {accuracy(net, new_x, new_kinds):.0%} right")


if __name__ == "__main__":
    main()
