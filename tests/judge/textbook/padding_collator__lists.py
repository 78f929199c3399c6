"""Plain lists extended by the number of missing tokens, then torch.tensor."""

import math

import torch
from torch import Tensor


def collate(examples: list[dict], pad_id: int, multiple: int = 1) -> dict[str, Tensor]:
    if not examples:
        raise ValueError("no examples")
    longest = max(len(e["input_ids"]) for e in examples)
    T = math.ceil(longest / multiple) * multiple
    input_ids, attention_mask, labels = [], [], []
    for e in examples:
        ids, p = e["input_ids"], e["prompt_length"]
        pad = T - len(ids)
        input_ids.append(ids + [pad_id] * pad)
        attention_mask.append([1] * len(ids) + [0] * pad)
        labels.append([-100] * p + ids[p:] + [-100] * pad)
    return {
        "input_ids": torch.tensor(input_ids),
        "attention_mask": torch.tensor(attention_mask),
        "labels": torch.tensor(labels),
    }
