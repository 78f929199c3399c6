"""Fine-tune a language model on prompts and completions: collator, loss, training, greedy completion. No packing."""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

IGNORE = -100  # the label of a position that has no loss
PAIRS = {"one": "un", "two": "deux", "three": "trois", "four": "quatre", "five": "cinq", "six": "six", "seven": "sept"}


class Reader(nn.Module):
    """Token ids (B, T) -> logits of the next token (B, T, V), with a GRU."""

    def __init__(self, vocab: int, width: int = 64) -> None:
        super().__init__()
        self.token, self.memory = nn.Embedding(vocab, width), nn.GRU(width, width, batch_first=True)
        self.head = nn.Linear(width, vocab)

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.memory(self.token(ids))[0])


def collate(examples: list[dict[str, list[int]]], pad_id: int) -> dict[str, Tensor]:
    """Examples {"prompt": ids, "completion": ids} -> input_ids, attention_mask, labels, each int64 (B, T)."""
    width = max(len(example["prompt"]) + len(example["completion"]) for example in examples)
    rows: dict[str, list[list[int]]] = {"input_ids": [], "attention_mask": [], "labels": []}
    for example in examples:
        prompt, completion = example["prompt"], example["completion"]
        padding = width - len(prompt) - len(completion)  # by length: a real token may have the id pad_id
        rows["input_ids"].append(prompt + completion + [pad_id] * padding)
        rows["attention_mask"].append([1] * (width - padding) + [0] * padding)
        rows["labels"].append([IGNORE] * len(prompt) + completion + [IGNORE] * padding)
    return {name: torch.tensor(row, dtype=torch.long) for name, row in rows.items()}


def lm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Logits (B, T, V) at t against labels (B, T) at t + 1 -> the mean over those that have a label, or 0."""
    logits, labels = logits[:, :-1], labels[:, 1:]
    total = cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORE, reduction="sum")
    return total / (labels != IGNORE).sum().clamp(min=1)


def train(model: nn.Module, examples: list[dict[str, list[int]]], pad_id: int, steps: int, lr: float) -> list[float]:
    """Train in place, all examples in each batch -> the loss before each step."""
    batch, losses = collate(examples, pad_id), []
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(steps):
        loss = lm_loss(model(batch["input_ids"]), batch["labels"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@torch.no_grad()
def complete(model: nn.Module, prompt: list[int], end: int, limit: int) -> list[int]:
    """The most likely completion, up to and including `end`, or its first `limit` tokens."""
    ids = list(prompt)
    while len(ids) < len(prompt) + limit and end not in ids[len(prompt) :]:
        ids.append(int(model(torch.tensor([ids]))[0, -1].argmax()))
    return ids[len(prompt) :]


def main() -> None:
    """Learn to count in French; "." ends a word and pads the batch."""
    torch.manual_seed(0)
    letters = sorted(set(".:").union(*PAIRS, *PAIRS.values()))
    end = letters.index(".")
    examples = [
        {"prompt": [letters.index(x) for x in f"{word}:"], "completion": [letters.index(x) for x in f"{answer}."]}
        for word, answer in PAIRS.items()
    ]
    model = Reader(len(letters))
    losses = train(model, examples, end, steps=100, lr=0.01)
    print(f"loss {losses[0]:.3f} -> {losses[-1]:.3f}")
    for word, example in zip(PAIRS, examples, strict=True):
        print(f"{word}:", "".join(letters[i] for i in complete(model, example["prompt"], end, limit=12)))


if __name__ == "__main__":
    main()
