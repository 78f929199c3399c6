"""Pad on the right here: left padding is for generation."""

import math

import torch
from torch import Tensor


def collate(examples: list[dict], pad_id: int, multiple: int = 1) -> dict[str, Tensor]:
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
        batch["input_ids"][row, shape[1] - len(ids) :] = ids
        batch["attention_mask"][row, shape[1] - len(ids) :] = 1
        batch["labels"][row, shape[1] - len(ids) + prompt :] = ids[prompt:]
    return batch
