"""pad_sequence with a padding value each, then F.pad up to the multiple."""

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence


def collate(examples: list[dict], pad_id: int, multiple: int = 1) -> dict[str, Tensor]:
    if not examples:
        raise ValueError("empty batch")
    ids = [torch.tensor(e["input_ids"], dtype=torch.long) for e in examples]
    labels = [t.clone() for t in ids]
    for t, e in zip(labels, examples):
        t[: e["prompt_length"]] = -100
    masks = [torch.ones_like(t) for t in ids]

    def pad(rows: list[Tensor], value: int) -> Tensor:
        batch = pad_sequence(rows, batch_first=True, padding_value=value)
        extra = -batch.shape[1] % multiple
        return F.pad(batch, (0, extra), value=value)

    return {"input_ids": pad(ids, pad_id), "attention_mask": pad(masks, 0), "labels": pad(labels, -100)}
