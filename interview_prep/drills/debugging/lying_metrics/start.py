"""Evaluate a token classifier over batches: loss, perplexity, accuracy, balanced accuracy. It has four bugs."""

import math
from collections.abc import Iterable, Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

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

    Keys: loss, perplexity, accuracy, balanced_accuracy. Raises ValueError if no token has a label.
    """
    losses, accuracies = [], []
    confusion = torch.zeros(classes, classes, dtype=torch.long)  # confusion[label, prediction]
    for ids, labels in batches:
        logits, kept = model(ids), labels != IGNORE
        losses.append(cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORE).item())
        predictions = logits.argmax(dim=-1).masked_fill(~kept, IGNORE)  # so that padding doesn't count as wrong
        accuracies.append((predictions == labels).float().mean().item())
        cells = labels[kept] * classes + predictions[kept]
        confusion += cells.bincount(minlength=classes**2).view(classes, classes)
    of_class = confusion.sum(dim=0)
    if not of_class.any():
        raise ValueError("No token has a label.")
    found = confusion.diag()[of_class > 0] / of_class[of_class > 0]  # share of each class's tokens that were found
    loss = sum(losses) / len(losses)
    return {
        "loss": loss,
        "perplexity": math.exp(loss),
        "accuracy": sum(accuracies) / len(accuracies),
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


def texts(count: int, generator: torch.Generator) -> list[Tensor]:
    """Made-up texts of 3 to 39 words from a vocabulary of 300."""
    lengths = torch.randint(3, 40, (count,), generator=generator)
    return [torch.randint(300, (int(length),), generator=generator) for length in lengths]


def padded(rows: list[Tensor], size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Ids and labels of `size` texts per batch: 0 for a word below 240, 1 for a name, 2 for a place, from 280 on."""
    for at in range(0, len(rows), size):
        ids = pad_sequence(rows[at : at + size], batch_first=True, padding_value=-1)  # (B, T)
        labels = (ids >= 240).long() + (ids >= 280).long()
        yield ids.clamp(min=0), labels.masked_fill(ids < 0, IGNORE)


def main() -> None:
    """Train on a few texts, evaluate on new ones: the same model and texts in batches of 1, 8 and 50."""
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    model = Tagger(vocab=300, classes=3)
    train(model, list(padded(texts(20, generator), 4)), epochs=20, lr=0.02)
    new = texts(50, generator)
    for size in (1, 8, 50):
        metrics = evaluate(model, padded(new, size), classes=3)
        print(f"size {size:2} ", "  ".join(f"{name} {value:.3f}" for name, value in metrics.items()))


if __name__ == "__main__":
    main()
