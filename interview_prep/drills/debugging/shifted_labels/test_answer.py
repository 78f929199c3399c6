"""A collator and its loss, compared with loops over tokens and tested by what a model learns from them."""

import functools
import random

import numpy as np
import pytest
import torch
from answer import collate, complete, lm_loss, train
from torch import Tensor, nn
from torch.testing import assert_close

END = 0  # in these checks it ends a completion and is the padding as well


def of_the_prompt() -> list[dict[str, list[int]]]:
    return [{"prompt": [5, 6], "completion": [7, 8, 0]}, {"prompt": [9], "completion": [4, 0]}]


def random_examples(seed: int, lengths: list[tuple[int, int]]) -> list[dict[str, list[int]]]:
    """Of so many tokens of prompt and completion, 0 among them anywhere."""
    draw = random.Random(seed)  # noqa: S311, no secret
    return [
        {"prompt": [draw.randint(0, 3) for _ in range(p)], "completion": [draw.randint(0, 3) for _ in range(c)]}
        for p, c in lengths
    ]


def by_loops(examples: list[dict[str, list[int]]], pad_id: int) -> dict[str, Tensor]:
    """Slow and obvious: one position at a time."""
    width = max(len(example["prompt"] + example["completion"]) for example in examples)
    batch = {
        name: torch.empty(len(examples), width, dtype=torch.long) for name in ("input_ids", "attention_mask", "labels")
    }
    for row, example in enumerate(examples):
        ids = example["prompt"] + example["completion"]
        for t in range(width):
            real = t < len(ids)
            batch["input_ids"][row, t] = ids[t] if real else pad_id
            batch["attention_mask"][row, t] = int(real)
            batch["labels"][row, t] = ids[t] if real and t >= len(example["prompt"]) else -100
    return batch


def loss_by_loops(logits: Tensor, labels: Tensor) -> Tensor:
    """Slow and obvious: one label at a time."""
    losses = [
        logits[b, t - 1].exp().sum().log() - logits[b, t - 1, labels[b, t]]
        for b in range(len(labels))
        for t in range(1, labels.shape[1])
        if labels[b, t] != -100
    ]
    return torch.stack(losses).mean()


def random_logits(batch: int, length: int, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    """Logits (B, T, 4), and labels of which about a third are ignored, never the second."""
    torch.manual_seed(batch + length)
    labels = torch.randint(4, (batch, length)).masked_fill(torch.rand(batch, length) < 0.3, -100)
    labels[:, 1] = 2
    return 2 * torch.randn(batch, length, 4, dtype=torch.float64).to(dtype), labels


CHAINS = [  # a token has always the same successor: 5 4 3 2 1 END
    {"prompt": [5], "completion": [4, 3, 2, 1, END]},
    {"prompt": [6, 3], "completion": [2, 1, END]},
    {"prompt": [1, 2], "completion": [1, END]},
]


@functools.cache
def trained() -> tuple[nn.Module, list[float]]:
    """A table from each token to the logits of the next one, trained on CHAINS."""
    torch.manual_seed(0)
    model = nn.Embedding(7, 7)
    return model, train(model, CHAINS, END, steps=15, lr=0.5)


def test_example_input_ids() -> None:
    """Returns the input_ids of the task's example."""
    assert_close(collate(of_the_prompt(), pad_id=0)["input_ids"], torch.tensor([[5, 6, 7, 8, 0], [9, 4, 0, 0, 0]]))


def test_example_attention_mask() -> None:
    """Returns the attention_mask of the task's example."""
    assert_close(collate(of_the_prompt(), pad_id=0)["attention_mask"], torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]))


def test_example_labels() -> None:
    """Returns the labels of the task's example."""
    expected = torch.tensor([[-100, -100, 7, 8, 0], [-100, 4, 0, -100, -100]])
    assert_close(collate(of_the_prompt(), pad_id=0)["labels"], expected)


def test_example_loss() -> None:
    """Returns the loss of the task's example."""
    logits = torch.tensor([[[0.0, 0, 0, 0], [0, 0, 0, 9], [9, 0, 0, 0]]])
    assert_close(lm_loss(logits, torch.tensor([[-100, 2, 3]])), torch.tensor(0.6933), atol=1e-4, rtol=0)


@pytest.mark.parametrize("lengths", [[(2, 3)], [(1, 2), (3, 4), (2, 1)], [(2, 2), (1, 3)], [(20, 1), (1, 30)]])
@pytest.mark.parametrize("name", ["input_ids", "attention_mask", "labels"])
def test_random_batches(lengths: list[tuple[int, int]], name: str) -> None:
    """Matches loops over the tokens if no token has the padding's id."""
    examples = random_examples(len(lengths), lengths)
    assert_close(collate(examples, pad_id=4)[name], by_loops(examples, 4)[name])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_pad_id_is_a_token(seed: int) -> None:
    """Matches loops over the tokens if a real token has the padding's id."""
    examples = random_examples(seed, [(4, 5), (2, 4), (3, 2)])
    assert_close(collate(examples, pad_id=seed), by_loops(examples, seed))


def test_end_has_a_label() -> None:
    """Labels the end, though padding has the same id, but not the padding."""
    got = collate([{"prompt": [3], "completion": [2, END]}, {"prompt": [3, 3, 3], "completion": [1, END]}], pad_id=END)
    assert (got["labels"] == END).sum(dim=1).tolist() == [1, 1]


@pytest.mark.edge
def test_nothing_to_learn() -> None:
    """Labels nothing in an example without a completion."""
    examples = [{"prompt": [3, 2], "completion": []}, {"prompt": [3], "completion": [1]}]
    assert_close(collate(examples, pad_id=0)["labels"], torch.tensor([[-100, -100], [-100, 1]]))


@pytest.mark.edge
@pytest.mark.parametrize("lengths", [[(0, 0)], [(0, 0), (2, 2)]])
def test_nothing_at_all(lengths: list[tuple[int, int]]) -> None:
    """Handles an example without any tokens, alone and among others."""
    examples = random_examples(0, lengths)
    assert_close(collate(examples, pad_id=4), by_loops(examples, 4))


@pytest.mark.edge
def test_no_prompt() -> None:
    """Labels every token of an example without a prompt."""
    assert_close(collate([{"prompt": [], "completion": [3, 1]}], pad_id=0)["labels"], torch.tensor([[3, 1]]))


@pytest.mark.edge
def test_examples_unchanged() -> None:
    """Doesn't modify the examples."""
    examples = of_the_prompt()
    collate(examples, pad_id=0)
    assert examples == of_the_prompt()


@pytest.mark.parametrize(("batch", "length"), [(1, 2), (1, 6), (3, 4), (4, 4)])
def test_loss(batch: int, length: int) -> None:
    """Matches a loop over the labels."""
    logits, labels = random_logits(batch, length)
    assert_close(lm_loss(logits, labels), loss_by_loops(logits, labels), atol=1e-5, rtol=1e-5)


def test_padding_changes_nothing() -> None:
    """Returns the same loss with more padding."""
    logits, labels = random_logits(2, 4)
    wider, more = torch.cat([logits, logits], dim=1), torch.cat([labels, torch.full((2, 4), -100)], dim=1)
    assert_close(lm_loss(wider, more), loss_by_loops(logits, labels), atol=1e-5, rtol=1e-5)


def test_rows_of_different_length() -> None:
    """Counts all labels equally, whatever row they are in."""
    logits, labels = random_logits(2, 5)
    labels[0], labels[1, 2:] = torch.tensor([0, 1, 2, 3, 0]), -100
    assert_close(lm_loss(logits, labels), loss_by_loops(logits, labels), atol=1e-5, rtol=1e-5)


def test_sure_and_right() -> None:
    """Returns 0 when every position is sure of the next token."""
    labels = torch.tensor([[3, 1, 0, 2]])
    logits = 50 * torch.eye(4)[labels.roll(-1, dims=1)]
    assert_close(lm_loss(logits, labels), torch.tensor(0.0))


def test_sure_label_counts() -> None:
    """Counts labels whose loss is exactly 0."""
    logits = torch.tensor([[[0.0, 0, 0, 0], [0, 0, 0, 200], [9, 0, 0, 0]]])
    assert_close(lm_loss(logits, torch.tensor([[-100, 2, 3]])), torch.tensor(0.693147))


@pytest.mark.edge
@pytest.mark.parametrize("length", [1, 3])
def test_no_label(length: int) -> None:
    """Returns 0 if there is nothing to predict."""
    labels = torch.full((2, length), -100)
    labels[:, 0] = 1
    assert_close(lm_loss(torch.randn(2, length, 4), labels), torch.tensor(0.0))


@pytest.mark.edge
def test_gradient_without_labels() -> None:
    """Has a gradient of 0 if there is nothing to predict."""
    logits = torch.ones(2, 3, 4, requires_grad=True)
    lm_loss(logits, torch.full((2, 3), -100)).backward()
    assert_close(logits.grad, torch.zeros(2, 3, 4))


@pytest.mark.edge
def test_large_logits() -> None:
    """Stays finite for logits of 1e4."""
    logits = torch.tensor([[[1e4, -1e4], [0.0, 0.0]]])
    assert_close(lm_loss(logits, torch.tensor([[-100, 1]])), torch.tensor(2e4))


def test_gradients() -> None:
    """Has the same gradient with respect to the logits as the loop."""
    logits, labels = random_logits(2, 4, dtype=torch.float64)
    logits.requires_grad_()
    (got,) = torch.autograd.grad(lm_loss(logits, labels), logits)
    assert_close(got, torch.autograd.grad(loss_by_loops(logits, labels), logits)[0])


@pytest.mark.edge
def test_labels_unchanged() -> None:
    """Doesn't modify logits or labels."""
    logits, labels = random_logits(2, 4)
    lm_loss(logits, labels)
    assert_close((logits, labels), random_logits(2, 4))


def test_loss_before_training() -> None:
    """Reports ln V at first if the model knows nothing."""
    model = nn.Embedding(7, 7)
    nn.init.zeros_(model.weight)
    assert train(model, CHAINS, END, steps=1, lr=0.1) == pytest.approx([1.945910], abs=1e-5)


def test_steps_of_training() -> None:
    """Reports the losses of a written-out loop, each step with its own gradient."""
    torch.manual_seed(0)
    model = nn.Embedding(7, 7)
    table = model.weight.detach().clone().requires_grad_()
    optimizer, expected, batch = torch.optim.Adam([table], lr=0.5), [], by_loops(CHAINS, END)
    for _ in range(4):
        loss = loss_by_loops(table[batch["input_ids"]], batch["labels"])
        (table.grad,) = torch.autograd.grad(loss, table)
        optimizer.step()
        expected.append(loss.item())
    assert train(model, CHAINS, END, steps=4, lr=0.5) == pytest.approx(expected, abs=1e-4)


def test_completes_without_recording() -> None:
    """Completes without recording gradients."""
    recorded, model = [], nn.Embedding(7, 7)
    model.register_forward_hook(lambda *_: recorded.append(torch.is_grad_enabled()))
    complete(model, [3], END, limit=1)
    assert recorded == [False]


def test_loss_falls() -> None:
    """Learns: the loss falls to a twentieth."""
    losses = trained()[1]
    assert losses[-1] < losses[0] / 20


@pytest.mark.parametrize("example", CHAINS)
def test_completes(example: dict[str, list[int]]) -> None:
    """Completes what it has learned, from the first token to the end."""
    assert complete(trained()[0], example["prompt"], END, limit=8) == example["completion"]


@pytest.mark.parametrize(("prompt", "completion"), [([6, 6, 4], [3, 2, 1, END]), ([2], [1, END])])
def test_completes_a_new_prompt(prompt: list[int], completion: list[int]) -> None:
    """Completes a prompt that was not among the examples."""
    assert complete(trained()[0], prompt, END, limit=8) == completion


def test_learns_no_prompt() -> None:
    """Learns nothing that only the prompts show."""
    torch.manual_seed(0)
    assert_close(trained()[0].weight.data[6], nn.Embedding(7, 7).weight.data[6])


def test_plain_values() -> None:
    """Reports one number per step, and completes with plain ints."""
    model, losses = trained()
    tokens = complete(model, [2], END, limit=8)
    assert (np.ndim(losses), [type(token).__name__ for token in tokens]) == (1, ["int", "int"])


def test_limit() -> None:
    """Stops at the limit if no end comes."""
    model = nn.Embedding(7, 7)
    nn.init.eye_(model.weight)
    assert complete(model, [END, 3], END, limit=4) == [3, 3, 3, 3]
