"""Leave the shift to lm_loss: a label stands at its own token, as in every library."""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

IGNORE = -100  # the label of a position that has no loss


def collate(examples: list[dict[str, list[int]]], pad_id: int) -> dict[str, Tensor]:
    """Examples {"prompt": ids, "completion": ids} -> input_ids, attention_mask, labels, each int64 (B, T)."""
    width = max(len(example["prompt"]) + len(example["completion"]) for example in examples)
    rows: dict[str, list[list[int]]] = {"input_ids": [], "attention_mask": [], "labels": []}
    for example in examples:
        prompt, completion = example["prompt"], example["completion"]
        padding = width - len(prompt) - len(completion)  # by length: a real token may have the id pad_id
        rows["input_ids"].append(prompt + completion + [pad_id] * padding)
        rows["attention_mask"].append([1] * (width - padding) + [0] * padding)
        labels = [IGNORE] * len(prompt) + completion + [IGNORE] * padding
        rows["labels"].append([*labels[1:], IGNORE])
    return {name: torch.tensor(row) for name, row in rows.items()}


def lm_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Logits (B, T, V) at t against labels (B, T) at t + 1 -> the mean over those that have a label, or 0."""
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
    """The most likely completion, with the `end` that stops it, or `limit` tokens of it."""
    ids = list(prompt)
    while len(ids) < len(prompt) + limit and end not in ids[len(prompt) :]:
        ids.append(int(model(torch.tensor([ids]))[0, -1].argmax()))
    return ids[len(prompt) :]
