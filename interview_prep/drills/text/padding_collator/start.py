"""Pad tokenized examples into one batch, with labels for the completion only."""

from torch import Tensor


def collate(examples: list[dict], pad_id: int, multiple: int = 1) -> dict[str, Tensor]:
    """Examples with input_ids and prompt_length -> input_ids, attention_mask and labels, each int64 (B, T).

    T is the longest length, rounded up to a multiple of `multiple`. Raises ValueError if there are no examples.
    """
    raise NotImplementedError
