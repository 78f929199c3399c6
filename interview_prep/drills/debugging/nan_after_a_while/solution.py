"""Tell whether two questions ask the same thing: token means, distance, logistic loss. No batching by length."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus


class Encoder(nn.Module):
    """Token ids (B, T), 0 for padding -> vectors (B, C): the mean over a question's tokens, through a linear layer."""

    def __init__(self, vocab: int, width: int = 8) -> None:
        super().__init__()
        self.token, self.out = nn.Embedding(vocab, width), nn.Linear(width, width)

    def forward(self, ids: Tensor) -> Tensor:
        real = (ids != 0).unsqueeze(-1)  # (B, T, 1)
        count = real.sum(dim=1).clamp(min=1)  # (B, 1): an empty question has the sum 0, so its mean is 0
        return self.out((self.token(ids) * real).sum(dim=1) / count)


def distance(a: Tensor, b: Tensor) -> Tensor:
    """Euclidean distance of the rows, (B, C), (B, C) -> (B,)."""
    squared = (a - b).square().sum(dim=-1)
    equal = squared == 0
    return torch.where(equal, 1.0, squared).sqrt().masked_fill(equal, 0.0)  # sqrt has slope inf at 0: 0 * inf is NaN


def loss_of(logit: Tensor, same: Tensor) -> Tensor:
    """Mean of -log(p) where `same` is 1 and -log(1 - p) where it is 0; p = sigmoid(logit). (B,), (B,) -> ()."""
    return (softplus(-logit) * same + softplus(logit) * (1 - same)).mean()  # 1 - sigmoid(17) is 0 in float32


class Matcher(nn.Module):
    """Two questions, ids (B, T) and (B, T) -> logit that they ask the same thing, (B,): scale * (radius - distance)."""

    def __init__(self, vocab: int, width: int = 8) -> None:
        super().__init__()
        self.encoder = Encoder(vocab, width)
        self.scale, self.radius = nn.Parameter(torch.tensor(10.0)), nn.Parameter(torch.tensor(1.0))

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return self.scale * (self.radius - distance(self.encoder(a), self.encoder(b)))


def train(  # noqa: PLR0913, the settings of a run
    model: nn.Module, pairs: Tensor, same: Tensor, *, epochs: int, size: int = 16, lr: float = 0.1
) -> list[float]:
    """Train in place on pairs (N, 2, T) and labels (N,) in their order, gradients clipped to norm 1 -> all losses."""
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
    """Share of the pairs (N, 2, T) whose logit has the right sign: above 0 where the label (N,) is 1."""
    return ((model(pairs[:, 0], pairs[:, 1]) > 0) == (same > 0)).float().mean().item()


def questions(count: int, seed: int, length: int = 5) -> tuple[Tensor, Tensor]:
    """Pairs (N, 2, T) and labels (N,): all tokens of a question are from one of four topics, then comes padding."""
    generator = torch.Generator().manual_seed(seed)
    topics = torch.randint(4, (count, 2, 1), generator=generator)
    tokens = 1 + 6 * topics + torch.randint(6, (count, 2, length), generator=generator)
    lengths = torch.randint(1, length + 1, (count, 2, 1), generator=generator)
    same = topics[:, 0, 0] == topics[:, 1, 0]
    return tokens * (torch.arange(length) < lengths), same.float()


def main() -> None:
    """Learn to match questions, a few of which are empty or asked twice in the same words."""
    torch.manual_seed(0)
    pairs, same = questions(640, seed=1)
    pairs[325, 1], same[325] = 0, 0.0  # somebody sent an empty question
    pairs[250, 1], same[250] = pairs[250, 0], 1.0  # and somebody sent the same one twice
    model = Matcher(25)
    losses = train(model, pairs, same, epochs=10)
    for step in (0, 4, 8, 9, 100, 399):
        print(f"step {step:3}  loss {losses[step]:.3f}")
    print("steps with NaN:", [step for step, loss in enumerate(losses) if math.isnan(loss)][:5])
    print(f"new pairs: {accuracy(model, *questions(400, seed=2)):.0%} right")


if __name__ == "__main__":
    main()
