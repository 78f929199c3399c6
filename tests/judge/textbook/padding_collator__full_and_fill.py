"""torch.full first, then a slice a row; lengths compared with arange for the mask."""

import torch
from torch import Tensor


def collate(examples: list[dict], pad_id: int, multiple: int = 1) -> dict[str, Tensor]:
    if len(examples) == 0:
        raise ValueError("cannot collate an empty list")
    lengths = torch.tensor([len(ex["input_ids"]) for ex in examples])
    max_len = int(lengths.max())
    if max_len % multiple != 0:
        max_len += multiple - max_len % multiple
    input_ids = torch.full((len(examples), max_len), pad_id, dtype=torch.long)
    for row, ex in zip(input_ids, examples, strict=True):
        row[: len(ex["input_ids"])] = torch.tensor(ex["input_ids"])
    positions = torch.arange(max_len)
    real = positions < lengths[:, None]
    prompt = positions < torch.tensor([ex["prompt_length"] for ex in examples])[:, None]
    labels = input_ids.masked_fill(~real | prompt, -100)
    return {"input_ids": input_ids, "attention_mask": real.long(), "labels": labels}
