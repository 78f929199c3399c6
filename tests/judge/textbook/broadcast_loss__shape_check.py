"""Repaired in the model and split, with an assert on the shapes in the loss."""

import torch
from torch import Tensor, nn


class Regressor(nn.Module):
    """Features (B, F) -> one number a row, (B,)."""

    def __init__(self, features: int, width: int = 16) -> None:
        super().__init__()
        self.hidden, self.out = nn.Linear(features, width), nn.Linear(width, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.relu(self.hidden(x))
        return self.out(h).view(-1)


def split(table: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Rows (N, F + 2) -> features (N, F), and the last two columns: target (N,), weight (N,)."""
    features, target, weight = table[:, :-2], table[:, -2], table[:, -1]
    return features, target, weight


def standardized(rows: Tensor, like: Tensor) -> Tensor:
    """Subtract from each column of (N, F) the mean of that column of `like` (M, F), and divide by its std."""
    mean, std = like.mean(axis=0), like.std(axis=0)
    return (rows - mean) / std


def loss_of(predicted: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Mean of weight * squared error, (B,), (B,), (B,) -> ()."""
    assert predicted.shape == target.shape == weight.shape
    return (weight * (predicted - target) ** 2).mean()


def train(  # noqa: PLR0913, the settings of a run
    model: nn.Module, table: Tensor, *, epochs: int = 20, size: int = 16, lr: float = 0.01, seed: int = 0
) -> list[float]:
    """Train in place on rows (N, F + 2) by SGD with momentum -> each epoch's mean loss of a row."""
    features, target, weight = split(table)
    x = standardized(features, features)
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
    """Predict for features (M, F), standardized like the table (N, F + 2) that the model was trained on -> (M,)."""
    return model(standardized(features, split(table)[0]))


def r_squared(predicted: Tensor, target: Tensor) -> float:
    """1 - (mean squared error) / (variance of the target), (M,), (M,) -> 1.0 at best, 0.0 for the mean."""
    return 1 - ((predicted - target) ** 2).mean().item() / target.var(correction=0).item()


def flats(count: int, seed: int) -> Tensor:
    """Area, floor, year built, rent in 100 euros, weight -> (N, 5). A tenth has a typing error, and weight 0."""
    generator = torch.Generator().manual_seed(seed)
    area, floor, age, noise, typo = torch.rand(5, count, generator=generator)
    rent = 3 + 12 * area + floor - 3 * age * area + 0.4 * noise
    rent, weight = torch.where(typo < 0.1, 10 * rent, rent), (typo >= 0.1).float()
    return torch.stack([20 + 100 * area, (8 * floor).floor(), 2020 - 100 * age, rent, weight], dim=1)


def main(size: int = 16) -> None:
    """Learn the rents of 320 flats and predict those of others."""
    torch.manual_seed(0)
    table, new = flats(320, seed=1), flats(200, seed=2)
    new = new[new[:, -1] > 0]  # without typing errors
    model = Regressor(3)
    for epoch, loss in enumerate(train(model, table, size=size), start=1):
        if epoch % 5 == 0:
            print(f"epoch {epoch:2}  loss {loss:.3f}")
    predicted = predict(model, new[:, :3], table)
    print("rents    ", [round(rent, 1) for rent in new[:5, 3].tolist()])
    print("predicted", [round(rent, 1) for rent in predicted.flatten()[:5].tolist()])
    print(f"R² {r_squared(predicted, new[:, 3]):.3f}")


if __name__ == "__main__":
    main()
