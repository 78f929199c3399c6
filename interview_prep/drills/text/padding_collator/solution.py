"""Pad tokenized examples into one batch, with labels for the completion only. Pads on the right, truncates nothing."""

import math

import torch
from torch import Tensor


def collate(examples: list[dict], pad_id: int, multiple: int = 1) -> dict[str, Tensor]:
    """Examples with input_ids and prompt_length -> input_ids, attention_mask and labels, each int64 (B, T).

    T is the longest length, rounded up to a multiple of `multiple`. Raises ValueError if there are no examples.
    """
    if not examples:
        raise ValueError("A batch needs at least one example.")
    longest = max(len(example["input_ids"]) for example in examples)
    shape = (len(examples), math.ceil(longest / multiple) * multiple)
    batch = {
        "input_ids": torch.full(shape, pad_id),
        "attention_mask": torch.full(shape, 0),
        "labels": torch.full(shape, -100),
    }
    for row, example in enumerate(examples):
        ids, prompt = torch.tensor(example["input_ids"]), example["prompt_length"]
        batch["input_ids"][row, : len(ids)] = ids
        batch["attention_mask"][row, : len(ids)] = 1  # by length: pad_id may be a real token
        batch["labels"][row, prompt : len(ids)] = ids[prompt:]
    return batch
