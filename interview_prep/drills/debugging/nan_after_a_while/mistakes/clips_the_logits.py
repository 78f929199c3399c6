"""Do not clip the logits: beyond the clip there is no gradient, just where the mistake is worst."""

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus


class Encoder(nn.Module):
    def __init__(self, vocab: int, width: int = 8) -> None:
        super().__init__()
        self.token, self.out = nn.Embedding(vocab, width), nn.Linear(width, width)

    def forward(self, ids: Tensor) -> Tensor:
        real = (ids != 0).unsqueeze(-1)  # (B, T, 1)
        count = real.sum(dim=1).clamp(min=1)  # (B, 1): an empty question has the sum 0, and so the mean 0
        return self.out((self.token(ids) * real).sum(dim=1) / count)


def distance(a: Tensor, b: Tensor) -> Tensor:
    squared = (a - b).square().sum(dim=-1)
    equal = squared == 0
    return torch.where(equal, 1.0, squared).sqrt().masked_fill(equal, 0.0)  # sqrt has the slope inf at 0: 0 * inf


def loss_of(logit: Tensor, same: Tensor) -> Tensor:
    logit = logit.clamp(-15, 15)
    return (softplus(-logit) * same + softplus(logit) * (1 - same)).mean()  # 1 - sigmoid(17) is 0 in float32


class Matcher(nn.Module):
    def __init__(self, vocab: int, width: int = 8) -> None:
        super().__init__()
        self.encoder = Encoder(vocab, width)
        self.scale, self.radius = nn.Parameter(torch.tensor(10.0)), nn.Parameter(torch.tensor(1.0))

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return self.scale * (self.radius - distance(self.encoder(a), self.encoder(b)))


def train(  # noqa: PLR0913, the settings of a run
    model: nn.Module, pairs: Tensor, same: Tensor, *, epochs: int, size: int = 16, lr: float = 0.1
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    losses = []
    for _ in range(epochs):
        for ids, label in zip(pairs.split(size), same.split(size), strict=True):
            loss = loss_of(model(ids[:, 0], ids[:, 1]), label)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
    return losses


@torch.no_grad()
def accuracy(model: nn.Module, pairs: Tensor, same: Tensor) -> float:
    return ((model(pairs[:, 0], pairs[:, 1]) > 0) == (same > 0)).float().mean().item()


def questions(count: int, seed: int, length: int = 5) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    topics = torch.randint(4, (count, 2, 1), generator=generator)
    tokens = 1 + 6 * topics + torch.randint(6, (count, 2, length), generator=generator)
    lengths = torch.randint(1, length + 1, (count, 2, 1), generator=generator)
    same = topics[:, 0, 0] == topics[:, 1, 0]
    return tokens * (torch.arange(length) < lengths), same.float()
