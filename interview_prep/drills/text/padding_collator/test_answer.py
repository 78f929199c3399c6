"""A padded batch against lists that are padded one token at a time."""

import random

import pytest
import torch
from answer import collate
from torch.testing import assert_close


def of_the_prompt() -> list[dict]:
    return [{"input_ids": [5, 6, 7, 2], "prompt_length": 2}, {"input_ids": [8, 2], "prompt_length": 1}]


def by_loops(examples: list[dict], pad_id: int, width: int) -> dict[str, torch.Tensor]:
    """Slow and obvious: one position at a time."""
    batch: dict[str, list[list[int]]] = {"input_ids": [], "attention_mask": [], "labels": []}
    for example in examples:
        rows: dict[str, list[int]] = {name: [] for name in batch}
        for position in range(width):
            real = position < len(example["input_ids"])
            token = example["input_ids"][position] if real else pad_id
            rows["input_ids"].append(token)
            rows["attention_mask"].append(int(real))
            rows["labels"].append(token if real and position >= example["prompt_length"] else -100)
        for name, row in rows.items():
            batch[name].append(row)
    return {name: torch.tensor(rows) for name, rows in batch.items()}


def random_examples(seed: int, lengths: list[int]) -> list[dict]:
    draw = random.Random(seed)  # noqa: S311, no secret
    return [
        {"input_ids": [draw.randint(0, 9) for _ in range(length)], "prompt_length": draw.randint(0, length)}
        for length in lengths
    ]


def test_example_input_ids() -> None:
    """Matches the input_ids in the prompt."""
    assert_close(collate(of_the_prompt(), pad_id=0)["input_ids"], torch.tensor([[5, 6, 7, 2], [8, 2, 0, 0]]))


def test_example_attention_mask() -> None:
    """Matches the attention_mask in the prompt."""
    assert_close(collate(of_the_prompt(), pad_id=0)["attention_mask"], torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]]))


def test_example_labels() -> None:
    """Matches the labels in the prompt."""
    assert_close(
        collate(of_the_prompt(), pad_id=0)["labels"], torch.tensor([[-100, -100, 7, 2], [-100, 2, -100, -100]])
    )


def test_keys() -> None:
    """Returns the three tensors and nothing else."""
    assert set(collate(of_the_prompt(), pad_id=0)) == {"input_ids", "attention_mask", "labels"}


@pytest.mark.parametrize("lengths", [[3], [2, 5, 1], [4, 4, 4], [1, 1]])
def test_random_batches(lengths: list[int]) -> None:
    """Matches plain loops for batches of 1 to 3, equal lengths and length 1."""
    examples = random_examples(sum(lengths), lengths)
    assert_close(collate(examples, pad_id=11), by_loops(examples, 11, max(lengths)))


def test_pad_id_as_a_token_in_the_mask() -> None:
    """Attends to a real token that has the padding's id."""
    examples = [{"input_ids": [2, 5, 2], "prompt_length": 1}, {"input_ids": [6], "prompt_length": 0}]
    assert_close(collate(examples, pad_id=2)["attention_mask"], torch.tensor([[1, 1, 1], [1, 0, 0]]))


def test_pad_id_as_a_token_in_the_labels() -> None:
    """Keeps the label of a real token that has the padding's id."""
    examples = [{"input_ids": [2, 5, 2], "prompt_length": 1}, {"input_ids": [6, 2], "prompt_length": 1}]
    assert_close(collate(examples, pad_id=2)["labels"], torch.tensor([[-100, 5, 2], [-100, 2, -100]]))


@pytest.mark.edge
def test_no_prompt() -> None:
    """Learns every token when the prompt has length 0."""
    examples = [{"input_ids": [4, 3], "prompt_length": 0}]
    assert_close(collate(examples, pad_id=0)["labels"], torch.tensor([[4, 3]]))


@pytest.mark.edge
def test_no_completion() -> None:
    """Learns nothing when the prompt is the whole example."""
    examples = [{"input_ids": [4, 3], "prompt_length": 2}, {"input_ids": [7, 7, 7], "prompt_length": 2}]
    assert_close(collate(examples, pad_id=0)["labels"], torch.tensor([[-100, -100, -100], [-100, -100, 7]]))


def test_multiple_rounds_up() -> None:
    """Rounds the width up to the multiple and pads every row to it."""
    examples = random_examples(1, [5, 2, 3])
    assert_close(collate(examples, pad_id=0, multiple=4), by_loops(examples, 0, 8))


def test_multiple_that_fits() -> None:
    """Adds nothing when the longest example already fits a multiple."""
    examples = random_examples(2, [6, 1])
    assert_close(collate(examples, pad_id=0, multiple=3), by_loops(examples, 0, 6))


@pytest.mark.edge
@pytest.mark.parametrize("multiple", [1, 4])
def test_examples_unchanged(multiple: int) -> None:
    """Doesn't modify the examples, whether or not it rounds up."""
    examples = random_examples(3, [3, 1])
    collate(examples, pad_id=0, multiple=multiple)
    assert examples == random_examples(3, [3, 1])


@pytest.mark.edge
def test_long_examples() -> None:
    """Truncates nothing and rounds up to a large multiple."""
    examples = random_examples(4, [300, 7])
    assert_close(collate(examples, pad_id=11, multiple=128), by_loops(examples, 11, 384))


@pytest.mark.edge
def test_large_ids() -> None:
    """Keeps every digit of large ids."""
    examples = [{"input_ids": [2**24 + 1, 2**40 + 1], "prompt_length": 1}]
    assert_close(collate(examples, pad_id=0), by_loops(examples, 0, 2))


@pytest.mark.edge
def test_tensors_of_their_own() -> None:
    """Returns labels that don't change when the input_ids are overwritten."""
    got = collate([{"input_ids": [4, 3], "prompt_length": 0}], pad_id=0)
    got["input_ids"].fill_(9)
    assert_close(got["labels"], torch.tensor([[4, 3]]))


@pytest.mark.edge
def test_no_examples() -> None:
    """Raises ValueError for an empty list."""
    with pytest.raises(ValueError):  # noqa: PT011, any message will do
        collate([], pad_id=0)
