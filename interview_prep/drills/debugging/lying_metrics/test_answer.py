"""Metrics of a token classifier, compared with one loop over all tokens."""

import functools
import math
from collections.abc import Iterable, Iterator

import pytest
import torch
from answer import Tagger, evaluate, train
from torch import Tensor, nn
from torch.testing import assert_close

KEYS = ["loss", "perplexity", "accuracy", "balanced_accuracy"]
Batches = list[tuple[Tensor, Tensor]]
Metrics = dict[str, float]


class Noisy(nn.Module):
    """Logits from a table, which dropout and a batch norm disturb in training mode."""

    def __init__(self, vocab: int = 9, classes: int = 4) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.table, self.norm, self.drop = nn.Embedding(vocab, classes), nn.BatchNorm1d(classes), nn.Dropout(0.5)

    def forward(self, ids: Tensor) -> Tensor:
        return self.drop(self.norm(self.table(ids).transpose(1, 2)).transpose(1, 2))


def plain(classes: int) -> nn.Embedding:
    """A token is its own class: certain of it to a degree."""
    model = nn.Embedding(classes, classes)
    nn.init.zeros_(model.weight)
    model.weight.data.fill_diagonal_(2.0)
    return model


def random_batches(seed: int, shapes: Iterable[tuple[int, int]], vocab: int = 9, classes: int = 4) -> Batches:
    """Of these shapes (B, T), a third of the labels ignored, the first one not."""
    generator = torch.Generator().manual_seed(seed)
    batches = []
    for shape in shapes:
        labels = torch.randint(classes, shape, generator=generator)
        padding = torch.rand(shape, generator=generator) < 1 / 3
        padding[0, 0] = False
        batches.append((torch.randint(vocab, shape, generator=generator), labels.masked_fill(padding, -100)))
    return batches


def by_loops(model: nn.Module, batches: Batches) -> dict[str, float]:
    """Slow and obvious: one token at a time, the model in evaluation mode."""
    model.eval()
    losses, right = [], {}
    for ids, labels in batches:
        for row, row_labels in zip(ids, labels, strict=True):
            shares = model(row[None])[0].detach().double().softmax(dim=-1).tolist()
            for share, label in zip(shares, row_labels.tolist(), strict=True):
                if label != -100:
                    losses.append(-math.log(share[label]))
                    right.setdefault(label, []).append(share.index(max(share)) == label)
    every = [hit for hits in right.values() for hit in hits]
    recalls = [sum(hits) / len(hits) for hits in right.values()]
    loss = sum(losses) / len(losses)
    return dict(zip(KEYS, [loss, math.exp(loss), sum(every) / len(every), sum(recalls) / len(recalls)], strict=True))


def of_the_prompt() -> Batches:
    return [
        (torch.tensor([[0, 0, 1], [0, 1, 0]]), torch.tensor([[0, 0, 1], [1, -100, -100]])),
        (torch.tensor([[0]]), torch.tensor([[1]])),
    ]


@functools.cache
def of_the_example() -> Metrics:
    return evaluate(plain(2), of_the_prompt(), classes=2)


@pytest.mark.parametrize(("key", "expected"), [*zip(KEYS, [0.926928, 2.526735, 0.6, 2 / 3], strict=True)])
def test_example(key: str, expected: float) -> None:
    """Returns the metrics of the task's example."""
    assert of_the_example()[key] == pytest.approx(expected, abs=1e-5)


def test_keys() -> None:
    """Returns the four metrics as floats, and nothing else."""
    got = evaluate(plain(2), of_the_prompt(), classes=2)
    assert {key: type(value) for key, value in got.items()} == dict.fromkeys(KEYS, float)


@functools.cache
def of_random_batches(shapes: tuple[tuple[int, int], ...]) -> tuple[Metrics, Metrics]:
    """What the answer gives, and the loop."""
    model, batches = Noisy().eval(), random_batches(len(shapes), shapes)
    return evaluate(model, batches, classes=4), by_loops(model, batches)


@pytest.mark.parametrize("shapes", [((1, 1),), ((3, 3),), ((2, 4), (2, 3), (1, 2))])
@pytest.mark.parametrize("key", KEYS)
def test_random_batches(key: str, shapes: tuple[tuple[int, int], ...]) -> None:
    """Matches a loop over all tokens."""
    got, expected = of_random_batches(shapes)
    assert got[key] == pytest.approx(expected[key], abs=1e-5)


@functools.cache
def of_a_model_in_training() -> tuple[Metrics, Metrics]:
    model, batches = Noisy().train(), random_batches(5, [(2, 4), (2, 4)])
    return evaluate(model, batches, classes=4), by_loops(Noisy(), batches)


@pytest.mark.parametrize("key", KEYS)
def test_model_in_training(key: str) -> None:
    """Returns eval-mode metrics for a model in training mode."""
    got, expected = of_a_model_in_training()
    assert got[key] == pytest.approx(expected[key], abs=1e-5)


@functools.cache
def of_batches_of(size: int) -> tuple[Metrics, Metrics]:
    """Of four rows."""
    ((ids, labels),) = random_batches(6, [(4, 5)])
    model = Noisy().eval()
    got = evaluate(model, list(zip(ids.split(size), labels.split(size), strict=True)), classes=4)
    return got, by_loops(model, [(ids, labels)])


@pytest.mark.parametrize("key", KEYS)
def test_size_of_batches(key: str) -> None:
    """Returns the same metrics for the same rows in a batch of 4 and in 3 + 1."""
    got = [of_batches_of(size)[0][key] for size in (4, 3)]
    assert got == pytest.approx([of_batches_of(4)[1][key]] * 2, abs=1e-5)


@functools.cache
def of_wide_padding() -> tuple[Metrics, Metrics]:
    ((ids, labels),) = random_batches(7, [(2, 4)])
    wide = [(torch.cat([ids] * 5, dim=1), torch.cat([labels, torch.full((2, 16), -100)], dim=1))]
    model = Noisy().eval()
    return evaluate(model, wide, classes=4), by_loops(model, [(ids, labels)])


@pytest.mark.parametrize("key", KEYS)
def test_padding_changes_nothing(key: str) -> None:
    """Returns the same metrics when padding makes the rows five times as long."""
    got, expected = of_wide_padding()
    assert got[key] == pytest.approx(expected[key], abs=1e-5)


@functools.cache
def of_a_batch_of_padding() -> tuple[Metrics, Metrics]:
    batches = random_batches(8, [(2, 3), (2, 2)])
    empty = (torch.zeros(3, 2, dtype=torch.long), torch.full((3, 2), -100))
    model = Noisy().eval()
    return evaluate(model, [batches[0], empty, batches[1]], classes=4), by_loops(model, batches)


@pytest.mark.parametrize("key", KEYS)
def test_batch_of_padding(key: str) -> None:
    """Ignores a batch that is all padding."""
    got, expected = of_a_batch_of_padding()
    assert got[key] == pytest.approx(expected[key], abs=1e-5)


def test_always_the_common_class() -> None:
    """Exposes a model that always predicts 0 and is right 9 times out of 10."""
    model = plain(2)
    nn.init.zeros_(model.weight)
    got = evaluate(model, [(torch.zeros(1, 10, dtype=torch.long), torch.tensor([[0] * 9 + [1]]))], classes=2)
    assert [got["accuracy"], got["balanced_accuracy"]] == pytest.approx([0.9, 0.5], abs=1e-5)


def test_class_that_does_not_occur() -> None:
    """Averages the recall of the classes that occur among the labels."""
    batches = [(torch.tensor([[0, 0, 2, 3]]), torch.tensor([[0, 0, 0, 2]]))]
    assert evaluate(plain(5), batches, classes=5)["balanced_accuracy"] == pytest.approx(1 / 3, abs=1e-5)


def test_no_label() -> None:
    """Raises ValueError if no token has a label."""
    with pytest.raises(ValueError):  # noqa: PT011, whatever it says
        evaluate(plain(2), [(torch.tensor([[0, 1]]), torch.tensor([[-100, -100]]))], classes=2)


def test_generator() -> None:
    """Accepts batches that can be iterated only once."""
    batches, model = random_batches(9, [(2, 3), (1, 4)]), Noisy().eval()

    def once() -> Iterator[tuple[Tensor, Tensor]]:
        yield from batches

    assert evaluate(model, once(), classes=4) == pytest.approx(by_loops(model, batches), abs=1e-5)


@pytest.mark.edge
def test_large_logits() -> None:
    """Stays exact for logits of 1e4."""
    model = nn.Embedding.from_pretrained(torch.tensor([[1e4, -1e4], [-1e4, 1e4]]))
    got = evaluate(model, [(torch.tensor([[0, 1]]), torch.tensor([[0, 1]]))], classes=2)
    assert got == pytest.approx({"loss": 0.0, "perplexity": 1.0, "accuracy": 1.0, "balanced_accuracy": 1.0}, abs=1e-5)


@pytest.mark.parametrize("training", [True, False])
def test_mode_is_restored(training: bool) -> None:
    """Restores the mode the model came in."""
    model = Noisy().train(training)
    evaluate(model, random_batches(0, [(2, 3)]), classes=4)
    assert (model.training, model.drop.training) == (training, training)


def test_no_gradients() -> None:
    """Calls the model in eval mode and without recording gradients."""
    model, modes = Noisy().train(), []
    model.register_forward_hook(lambda module, *_: modes.append((module.training, torch.is_grad_enabled())))
    evaluate(model, random_batches(0, [(2, 3)]), classes=4)
    assert modes[:1] == [(False, False)]


def test_model_unchanged() -> None:
    """Changes no weight, no running mean and no dropout rate."""
    model = Noisy().train()
    evaluate(model, random_batches(0, [(2, 3), (1, 3)]), classes=4)
    assert_close(dict(model.state_dict()), dict(Noisy().state_dict()))
    assert model.drop.p == 0.5


@pytest.mark.edge
def test_batches_unchanged() -> None:
    """Doesn't modify ids or labels."""
    batches = random_batches(0, [(2, 3)])
    evaluate(Noisy(), batches, classes=4)
    assert_close(batches, random_batches(0, [(2, 3)]))


def test_training_goes_on() -> None:
    """Trains to the same weights with or without evaluations in between."""
    models = []
    for looks in (0, 2):
        torch.manual_seed(0)
        models.append(Tagger(vocab=6, classes=3, width=4))
        for _ in range(3):
            train(models[-1], random_batches(1, [(2, 3)], vocab=6, classes=3), epochs=1, lr=0.1)
            for _ in range(looks):
                evaluate(models[-1], random_batches(2, [(2, 3)], vocab=6, classes=3), classes=3)
    assert_close(dict(models[1].state_dict()), dict(models[0].state_dict()))


def test_tells_a_trained_model() -> None:
    """Shows that training works, on new texts, with dropout and padding."""
    torch.manual_seed(0)
    model = Tagger(vocab=6, classes=3, width=16)
    draws = [random_batches(seed, [(4, 6)], vocab=6) for seed in (3, 4)]
    seen, new = ([(ids, (ids % 3).masked_fill(labels == -100, -100)) for ids, labels in draw] for draw in draws)
    train(model, seen, epochs=15, lr=0.1)
    best = {"loss": 0.0, "perplexity": 1.0, "accuracy": 1.0, "balanced_accuracy": 1.0}
    assert evaluate(model, new, classes=3) == pytest.approx(best, abs=0.1)


def test_tells_an_untrained_model() -> None:
    """Returns the loss of guessing, ln C, for a model that knows nothing."""
    model, ids = plain(3), torch.tensor([[0, 1, 2], [0, 1, 2]])
    nn.init.zeros_(model.weight)
    got = evaluate(model, [(ids, ids.masked_fill(torch.tensor([[False] * 3, [True] * 3]), -100))], classes=3)
    expected = {"loss": math.log(3), "perplexity": 3.0, "accuracy": 1 / 3, "balanced_accuracy": 1 / 3}
    assert got == pytest.approx(expected, abs=1e-5)


class Tower(nn.Module):
    """A frozen normalization, which stays in eval mode while the rest trains."""

    def __init__(self) -> None:
        super().__init__()
        self.frozen, self.noisy = nn.BatchNorm1d(4), Noisy()

    def forward(self, ids: Tensor) -> Tensor:
        return self.frozen(self.noisy(ids).transpose(1, 2)).transpose(1, 2)


@pytest.mark.edge
def test_frozen_part() -> None:
    """Restores each submodule's own mode, including one that is frozen."""
    model = Tower().train()
    model.frozen.eval()
    evaluate(model, random_batches(0, [(2, 3)]), classes=4)
    assert (model.training, model.frozen.training, model.noisy.drop.training) == (True, False, True)


@pytest.mark.edge
def test_mode_after_an_error() -> None:
    """Restores the mode before it raises ValueError."""
    model = Noisy().train()
    with pytest.raises(ValueError):  # noqa: PT011, whatever it says
        evaluate(model, [(torch.tensor([[0, 1]]), torch.tensor([[-100, -100]]))], classes=4)
    assert (model.training, model.drop.training) == (True, True)


@pytest.mark.edge
def test_gradients_stay() -> None:
    """Keeps gradients that the caller has already computed."""
    model = plain(4)
    model(torch.tensor([[0, 1]])).sum().backward()
    before = model.weight.grad.clone()
    evaluate(model, random_batches(0, [(2, 3)], vocab=4), classes=4)
    assert_close(model.weight.grad, before)


@pytest.mark.edge
@pytest.mark.parametrize("recording", [True, False])
def test_recording_of_gradients(recording: bool) -> None:
    """Leaves gradient recording on or off, as it was."""
    with torch.set_grad_enabled(recording):
        evaluate(plain(4), random_batches(0, [(2, 3)], vocab=4), classes=4)
        assert torch.is_grad_enabled() == recording


@pytest.mark.edge
def test_large_loss() -> None:
    """Reports a loss of 30, and its perplexity, as they are."""
    model = nn.Embedding.from_pretrained(torch.tensor([[30.0, 0.0]]))
    got = evaluate(model, [(torch.tensor([[0]]), torch.tensor([[1]]))], classes=2)
    assert [got["loss"], got["perplexity"]] == pytest.approx([30.0, math.exp(30)], rel=1e-4)


def trained_weights(calls: int) -> Tensor:
    """The head's weights after that many calls of `train`."""
    torch.manual_seed(0)
    model, batches = Tagger(vocab=6, classes=3, width=4).eval(), random_batches(1, [(2, 3), (1, 4)], classes=3, vocab=6)
    for _ in range(calls):
        train(model, batches, epochs=2, lr=0.1)
    return model.head.weight.data


@pytest.mark.edge
@pytest.mark.parametrize("calls", [1, 2])
def test_training_by_hand(calls: int) -> None:
    """Trains as before: Adam on each batch's mean loss, with fresh gradients."""
    torch.manual_seed(0)
    model, batches = Tagger(vocab=6, classes=3, width=4).eval(), random_batches(1, [(2, 3), (1, 4)], classes=3, vocab=6)
    for _ in range(calls):
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        for ids, labels in 2 * batches:
            kept = labels != -100
            loss = -model(ids).log_softmax(dim=-1)[kept].gather(1, labels[kept][:, None]).mean()
            model.zero_grad()
            loss.backward()
            optimizer.step()
    assert_close(trained_weights(calls), model.head.weight.data, atol=1e-4, rtol=1e-3)


@pytest.mark.edge
def test_default_width() -> None:
    """Keeps the default width of the tagger."""
    assert Tagger(vocab=2, classes=3).head.in_features == 16
