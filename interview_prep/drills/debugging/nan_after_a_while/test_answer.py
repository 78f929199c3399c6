"""A question matcher, compared with loops, at divisions by 0 and roots and logs of 0, and tested by what it learns."""

import functools
import math

import pytest
import torch
from answer import Encoder, Matcher, accuracy, distance, loss_of, train
from torch import Tensor, nn
from torch.testing import assert_close


def random(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64).to(dtype)


def questions(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Pairs (N, 2, 3) and labels (N,): three topics of three tokens; pair 3 has an empty one, pair 5 is equal."""
    generator = torch.Generator().manual_seed(seed)
    topics = torch.randint(3, (count, 2, 1), generator=generator)
    pairs = 1 + 3 * topics + torch.randint(3, (count, 2, 3), generator=generator)
    pairs[:, :, 2] *= torch.randint(2, (count, 2), generator=generator)
    same = (topics[:, 0, 0] == topics[:, 1, 0]).float()
    pairs[3, 1], same[3] = 0, 0.0
    pairs[5, 1], same[5] = pairs[5, 0], 1.0
    return pairs, same


def seeded(kind: type[nn.Module], vocab: int, width: int = 8) -> nn.Module:
    """A new Encoder or Matcher, always the same one."""
    torch.manual_seed(0)
    return kind(vocab, width)


class Spy(nn.Module):
    """Its one parameter is the logit of every pair. It notes how many pairs it was given, and what was recorded."""

    def __init__(self, logit: float) -> None:
        super().__init__()
        self.logit, self.pairs, self.recorded = nn.Parameter(torch.tensor(logit)), [], []

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        self.pairs.append(len(b))
        self.recorded.append(torch.is_grad_enabled())
        return self.logit.expand(len(a))


@functools.cache
def taught() -> tuple[Matcher, list[float]]:
    """A matcher that has been trained on 64 pairs, also empty and equal ones, and its losses."""
    model = seeded(Matcher, 10)
    return model, train(model, *questions(64, seed=1), epochs=4, size=16)


def test_example_distance() -> None:
    """Returns the distances of the task's example."""
    got = distance(torch.tensor([[3.0, 4.0], [1.0, 1.0]]), torch.tensor([[0.0, 0.0], [1.0, 1.0]]))
    assert_close(got, torch.tensor([5.0, 0.0]), atol=2e-3, rtol=0)


def test_example_gradient() -> None:
    """Returns the gradient of the example, finite even for equal rows."""
    a = torch.tensor([[3.0, 4.0], [1.0, 1.0]], requires_grad=True)
    distance(a, torch.tensor([[0.0, 0.0], [1.0, 1.0]])).sum().backward()
    assert_close(a.grad[0], torch.tensor([0.6, 0.8]), atol=1e-3, rtol=0)
    assert a.grad[1].isfinite().tolist() == [True, True]


def test_example_loss() -> None:
    """Returns the losses of the task's example, for logits of 0 and of 200."""
    got = [loss_of(torch.tensor([z]), torch.tensor([y])).item() for z, y in [(0.0, 1.0), (200.0, 1.0), (200.0, 0.0)]]
    assert got == pytest.approx([math.log(2), 0.0, 200.0], abs=1e-3)


@pytest.mark.parametrize("batch", [1, 3])
def test_encoder(batch: int) -> None:
    """Averages the vectors of a question's tokens, leaving out the padding."""
    encoder = seeded(Encoder, 7, width=3)
    ids = torch.tensor([[3, 0, 0, 0], [1, 5, 2, 0], [6, 6, 1, 4]])[:batch]
    means = [sum(encoder.token.weight[i] for i in row if i) / sum(i > 0 for i in row) for row in ids.tolist()]
    assert_close(encoder(ids), encoder.out(torch.stack(means)), atol=1e-4, rtol=0)


def test_full_question() -> None:
    """Averages all vectors of a question without padding."""
    encoder, ids = seeded(Encoder, 7, width=3), torch.tensor([[1, 5, 5, 2]])
    mean = sum(encoder.token.weight[i] for i in (1, 5, 5, 2)) / 4
    assert_close(encoder(ids), encoder.out(mean[None]), atol=1e-4, rtol=0)


def test_empty_question() -> None:
    """Uses zeros as the mean of an empty question, alone and among others."""
    encoder = seeded(Encoder, 7, width=3)
    got = encoder(torch.tensor([[0, 0], [4, 0]]))
    assert_close(got[0], encoder.out.bias)
    assert_close(encoder(torch.tensor([[0, 0]])), encoder.out.bias[None])


def test_gradient_of_an_empty_question() -> None:
    """Leaves the gradients of other questions' tokens alone."""
    encoder = seeded(Encoder, 7, width=3)
    with_it = torch.autograd.grad(encoder(torch.tensor([[4, 2], [0, 0]])).square().sum(), encoder.token.weight)
    without = torch.autograd.grad(encoder(torch.tensor([[4, 2]])).square().sum(), encoder.token.weight)
    assert_close(with_it, without)


DTYPES = [torch.float32, pytest.param(torch.float64, marks=pytest.mark.edge)]


@pytest.mark.parametrize("dtype", DTYPES)
def test_distance(dtype: torch.dtype) -> None:
    """Takes the square root of the sum of squares."""
    a, b = random(2, 4, 3, dtype=dtype)
    expected = [math.dist(x, y) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    assert_close(distance(a, b), torch.tensor(expected, dtype=dtype), atol=1e-3, rtol=0)


def test_small_distance() -> None:
    """Measures a distance of 0.01 to within a tenth of it."""
    got = distance(torch.tensor([[0.01, 0.0]]), torch.zeros(1, 2))
    assert_close(got, torch.tensor([0.01]), atol=1e-3, rtol=0)


@pytest.mark.edge
def test_small_distance_far_out() -> None:
    """Measures a distance of 0.01 between points far from the origin."""
    got = distance(torch.tensor([[100.01, 5.0]]), torch.tensor([[100.0, 5.0]]))
    assert_close(got, torch.tensor([0.01]), atol=1e-3, rtol=0)


@pytest.mark.edge
def test_large_distance() -> None:
    """Measures a distance of 2e4."""
    got = distance(torch.tensor([[1e4, 0.0]]), torch.tensor([[-1e4, 0.0]]))
    assert_close(got, torch.tensor([2e4]))


def test_gradient_of_the_distance() -> None:
    """Has a gradient of length 1 along the line between two points."""
    a, b = random(2, 3, 4)
    a[2] = b[2] + torch.tensor([0.0, 0.02, 0.0, 0.0])
    a.requires_grad_()
    got = torch.autograd.grad(distance(a, b).sum(), a)[0]
    line = (a - b).detach()
    assert_close(got, line / line.square().sum(dim=1, keepdim=True) ** 0.5, atol=2e-2, rtol=0)


def test_gradient_of_equal_rows() -> None:
    """Keeps the gradients of all rows finite if one pair is equal."""
    a, b = random(2, 3, 4)
    a[1] = b[1]
    a.requires_grad_()
    got = torch.autograd.grad(distance(a, b).sum(), a)[0]
    assert got.isfinite().all(dim=1).tolist() == [True, True, True]


@pytest.mark.parametrize("batch", [1, 4])
def test_loss(batch: int) -> None:
    """Averages minus the log of the probability of the label."""
    logit, same = 3 * random(batch), torch.tensor([1.0, 0.0, 0.0, 1.0])[:batch]
    chances = [1 / (1 + math.exp(-z)) for z in logit.tolist()]
    expected = -sum(math.log(p if y else 1 - p) for p, y in zip(chances, same.tolist(), strict=True)) / batch
    assert_close(loss_of(logit, same), torch.tensor(expected), atol=1e-5, rtol=1e-5)


FAR = [pytest.param(-1e4, 1.0, marks=pytest.mark.edge), pytest.param(1e4, 0.0, marks=pytest.mark.edge)]


@pytest.mark.parametrize(("logit", "same"), [(20.0, 0.0), (-16.0, 1.0), (-15.0, 1.0), *FAR])
def test_loss_of_a_sure_mistake(logit: float, same: float) -> None:
    """Counts a confident mistake in full."""
    assert_close(loss_of(torch.tensor([logit]), torch.tensor([same])), torch.tensor(abs(logit)))


def test_gradient_of_the_loss() -> None:
    """Has the gradient (probability - label) / B, even if it's confident."""
    logit = torch.tensor([0.5, -2.0, 40.0, 40.0, -200.0], requires_grad=True)
    same = torch.tensor([1.0, 0.0, 0.0, 1.0, 1.0])
    got = torch.autograd.grad(loss_of(logit, same), logit)[0]
    assert_close(got, (logit.detach().sigmoid() - same) / 5)


@pytest.mark.edge
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_gradient_at_the_extremes(dtype: torch.dtype) -> None:
    """Has the right gradient at a logit of exactly 0 and at 1e4."""
    logit = torch.tensor([0.0, 0.0, 1e4, -1e4, -2.0], dtype=dtype, requires_grad=True)
    same = torch.tensor([1.0, 0.0, 0.0, 1.0, 0.0], dtype=dtype)
    got = torch.autograd.grad(loss_of(logit, same), logit)[0]
    assert_close(got, (logit.detach().sigmoid() - same) / 5)


def test_matcher() -> None:
    """Computes scale * (radius - distance)."""
    model, ids = seeded(Matcher, 9), torch.tensor([[[1, 2], [3, 0]], [[4, 4], [5, 6]]])
    first, second = model.encoder(ids[:, 0]), model.encoder(ids[:, 1])
    gap = (first - second).detach().square().sum(dim=1) ** 0.5
    assert_close(model(ids[:, 0], ids[:, 1]).detach(), 10 * (1 - gap), atol=2e-2, rtol=0)


def test_checkpoints() -> None:
    """Keeps the names and shapes of all parameters."""
    shapes = {"encoder.token.weight": [9, 8], "encoder.out.weight": [8, 8], "encoder.out.bias": [8]}
    got = {name: list(value.shape) for name, value in seeded(Matcher, 9).state_dict().items()}
    assert got == {**shapes, "scale": [], "radius": []}


def test_usual_width() -> None:
    """Has 8 features unless told otherwise."""
    assert (Encoder(9).out.weight.shape, Matcher(9).encoder.out.weight.shape) == ((8, 8), (8, 8))


def test_gradients_of_hard_pairs() -> None:
    """Keeps all gradients finite with equal, empty and confident pairs."""
    model = seeded(Matcher, 9)
    model.scale.data.fill_(1000.0)
    ids = torch.tensor([[[1, 2], [1, 2]], [[0, 0], [5, 6]], [[0, 0], [0, 0]], [[3, 3], [7, 0]]])
    loss_of(model(ids[:, 0], ids[:, 1]), torch.tensor([1.0, 0.0, 1.0, 0.0])).backward()
    assert [name for name, p in model.named_parameters() if not p.grad.isfinite().all()] == []


def test_one_step() -> None:
    """Takes one step against the gradient, clipped to a norm of 1."""
    model = Spy(50.0)
    losses = train(model, torch.ones(2, 2, 1, dtype=torch.long), torch.zeros(2), epochs=1, lr=0.5)
    assert losses == pytest.approx([50.0])
    assert model.logit.item() == pytest.approx(49.5)


def test_two_steps() -> None:
    """Uses each batch's own gradient in each step, with momentum 0.9."""
    model, first = Spy(1.0), 1 / (1 + math.exp(-1))
    second = 1 / (1 + math.exp(-(1 - 0.5 * first)))
    train(model, torch.ones(2, 2, 1, dtype=torch.long), torch.zeros(2), epochs=2, lr=0.5)
    assert model.logit.item() == pytest.approx(1 - 0.5 * (first + 0.9 * first + second), abs=1e-5)


def test_clipping() -> None:
    """Clips the norm of all gradients together."""
    model = seeded(Matcher, 4)
    model.scale.data.fill_(100.0)
    before = [p.detach().clone() for p in model.parameters()]
    train(model, torch.tensor([[[1, 2], [3, 0]]]), torch.ones(1), epochs=1, lr=0.5)
    moved = sum((p.detach() - old).square().sum().item() for p, old in zip(model.parameters(), before, strict=True))
    assert moved == pytest.approx(0.25, rel=0.1)


def test_every_batch() -> None:
    """Trains on all pairs in order, empty ones included, and reports every loss."""
    spy, (pairs, same) = Spy(0.0), questions(10, seed=1)
    losses = train(spy, pairs, same, epochs=2, size=4)
    assert len(losses) == 6
    assert spy.pairs == [4, 4, 2, 4, 4, 2]


def test_usual_settings() -> None:
    """Uses a learning rate of 0.1 and batches of 16 pairs unless told otherwise."""
    spy = Spy(50.0)
    train(spy, torch.ones(20, 2, 1, dtype=torch.long), torch.zeros(20), epochs=1)
    assert spy.pairs == [16, 4]
    assert spy.logit.item() == pytest.approx(50 - 0.1 - 0.19)


def test_all_losses() -> None:
    """Trains through empty and equal pairs: no loss is NaN."""
    _, losses = taught()
    assert [math.isfinite(loss) for loss in losses] == [True] * 16


def test_loss_falls() -> None:
    """Learns: the loss falls to a fiftieth."""
    _, losses = taught()
    assert losses[-1] < losses[0] / 50


def test_new_pairs() -> None:
    """Matches new pairs: 95 of 100 are right."""
    model, _ = taught()
    assert accuracy(model, *questions(96, seed=2)) > 0.95


def test_accuracy() -> None:
    """Counts the logits with the right sign."""
    assert accuracy(Spy(2.0), torch.ones(4, 2, 1, dtype=torch.long), torch.tensor([1.0, 0.0, 1.0, 1.0])) == 0.75


@pytest.mark.parametrize(("logit", "share"), [(0.5, 0.25), (0.0, 0.75), (-0.5, 0.75)])
def test_sign_of_small_logits(logit: float, share: float) -> None:
    """Predicts the same above 0, and different at 0 and below."""
    assert accuracy(Spy(logit), torch.ones(4, 2, 1, dtype=torch.long), torch.tensor([0.0, 1.0, 0.0, 0.0])) == share


def test_accuracy_records_nothing() -> None:
    """Evaluates without recording gradients."""
    spy = Spy(2.0)
    accuracy(spy, torch.ones(4, 2, 1, dtype=torch.long), torch.ones(4))
    assert spy.recorded == [False]


def test_plain_values() -> None:
    """Returns one logit for a single pair, and one number for the accuracy."""
    pairs, same = questions(8, seed=3)
    logits = seeded(Matcher, 10)(pairs[:1, 0], pairs[:1, 1])
    assert (logits.shape, type(accuracy(Spy(2.0), pairs, same))) == ((1,), float)


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Doesn't modify pairs or labels."""
    pairs, same = questions(16, seed=3)
    train(seeded(Matcher, 10), pairs, same, epochs=1)
    assert_close((pairs, same), questions(16, seed=3))
