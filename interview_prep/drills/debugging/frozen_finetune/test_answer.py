"""What may change while a new head is trained and what may not, compared with a head trained by loops."""

import copy
import functools
import inspect
from collections.abc import Callable

import pytest
import torch
from answer import Net, accuracy, finetune, pretrain
from torch import Tensor, nn
from torch.testing import assert_close


def rows(count: int, seed: int = 0) -> Tensor:
    """Points (N, 3) that are not centered at 0: the body has seen none like them."""
    return 2 + torch.randn(count, 3, generator=torch.Generator().manual_seed(seed))


def labels(count: int, classes: int) -> Tensor:
    return torch.arange(count) % classes


def seeded(width: int = 4, dropout: float = 0.0) -> Net:
    """A net of 2 classes whose batch norm has statistics of its own."""
    torch.manual_seed(0)
    net = Net(3, width, classes=2)
    net.dropout.p = dropout
    net.body[1].running_mean.copy_(torch.linspace(-1, 1, width))
    net.body[1].running_var.copy_(torch.linspace(0.5, 2, width))
    return net


def features(net: Net, x: Tensor) -> Tensor:
    """Slow and obvious: what a frozen body makes of (N, F), with the statistics that it has stored."""
    p = {name: value.detach() for name, value in net.body.state_dict().items()}
    hidden = x @ p["0.weight"].T + p["0.bias"]
    scaled = (hidden - p["1.running_mean"]) / torch.sqrt(p["1.running_var"] + 1e-5)
    return (scaled * p["1.weight"] + p["1.bias"]).clamp(min=0)


def slow_loss(x: Tensor, y: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    chances = torch.exp(x @ weight.T + bias)
    chances = chances / chances.sum(dim=1, keepdim=True)
    return -sum(torch.log(chances[row, label]) for row, label in enumerate(y)) / len(y)


def points(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Points (N, 3) of four kinds."""
    generator = torch.Generator().manual_seed(seed)
    kinds = torch.arange(count) % 4
    centers = torch.tensor([[3.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 3.0], [-3.0, -3.0, -3.0]])
    return centers[kinds] + 0.5 * torch.randn(count, 3, generator=generator), kinds


@functools.cache
def taught() -> tuple[Net, list[float], float, float]:
    """A net taught four kinds and then two groups of them; its losses, and how well it knew the kinds before, after."""
    torch.manual_seed(0)
    net = Net(3, 16, classes=4)
    x, kinds = points(48, seed=1)
    new_x, new_kinds = points(40, seed=2)
    pretrain(net, x, kinds, epochs=4)
    old_head, before = net.head, accuracy(net, new_x, new_kinds)
    losses = finetune(net, x[kinds != 3] + 0.5, kinds[kinds != 3] % 2, 2, epochs=8)
    new_head, net.head = net.head, old_head
    after = accuracy(net, new_x, new_kinds)
    net.head = new_head
    return net, losses, before, after


@functools.cache
def tuned() -> tuple[Net, dict[str, Tensor], nn.Linear]:
    """A net with dropout after an epoch on three new classes; all that it was before, and its old head."""
    net = seeded(dropout=0.2)
    before, old_head = copy.deepcopy(net.state_dict()), net.head
    finetune(net, rows(20), labels(20, 3), 3, epochs=1)
    return net, before, old_head


def test_example() -> None:
    """Changes nothing in the body, as in the task's example."""
    torch.manual_seed(0)
    net = Net(3, 4, classes=2)
    before = copy.deepcopy(net.body.state_dict())
    finetune(net, torch.randn(6, 3), torch.tensor([0, 1, 2, 0, 1, 2]), 3, epochs=1)
    assert_close(net.body.state_dict(), before, rtol=0, atol=0)


@pytest.mark.parametrize("batch", [1, 3])
def test_model(batch: int) -> None:
    """Computes the head of the body: linear, batch norm, relu."""
    net, x = seeded().eval(), rows(batch)
    assert_close(net(x), features(net, x) @ net.head.weight.T + net.head.bias)


def test_checkpoints() -> None:
    """Keeps the names of all parameters and statistics."""
    names = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
    expected = [f"body.1.{name}" for name in names] + ["body.0.weight", "body.0.bias", "head.weight", "head.bias"]
    assert sorted(Net(3, 4, classes=2).state_dict()) == sorted(expected)


@pytest.mark.parametrize("kind", ["weight", "bias"])
def test_parameters_of_the_body(kind: str) -> None:
    """Changes no weight and no bias of the body."""
    net, before, _ = tuned()
    got = {f"body.{name}": p.detach() for name, p in net.body.named_parameters() if kind in name}
    assert_close(got, {name: before[name] for name in got}, rtol=0, atol=0)


def test_statistics_of_the_body() -> None:
    """Doesn't update the batch-norm statistics."""
    net, before, _ = tuned()
    got = {f"body.{name}": b for name, b in net.body.named_buffers()}
    assert_close(got, {name: before[name] for name in got}, rtol=0, atol=0)


def test_body_has_no_gradient() -> None:
    """Freezes every parameter of the body, so it gets no gradient."""
    net, _, _ = tuned()
    assert [(p.requires_grad, p.grad) for p in net.body.parameters()] == [(False, None)] * 4


def test_new_head() -> None:
    """Gives the net a trainable head of the new size."""
    net, _, _ = tuned()
    assert [(p.shape, p.requires_grad) for p in net.head.parameters()] == [((3, 4), True), ((3,), True)]


def test_old_head() -> None:
    """Doesn't modify the old head, which still fits the body."""
    net, before, old = tuned()
    assert net.head is not old
    assert_close((old.weight.data, old.bias.data), (before["head.weight"], before["head.bias"]), rtol=0, atol=0)


@pytest.mark.parametrize(("epochs", "scale"), [(1, 1.0), (3, 1.0), pytest.param(1, 20.0, marks=pytest.mark.edge)])
def test_head_by_loops(epochs: int, scale: float) -> None:
    """Trains the head as by hand: SGD with momentum 0.9 on the features."""
    start, net, x, y = seeded(), seeded(), scale * rows(5), labels(5, 3)
    torch.manual_seed(1)
    finetune(start, x, y, 3, epochs=1, lr=0.0)
    head = [p.detach().clone().requires_grad_() for p in start.head.parameters()]
    speed = [torch.zeros_like(p) for p in head]
    for _ in range(epochs):
        gradients = torch.autograd.grad(slow_loss(features(net, x), y, *head), head)
        for p, v, g in zip(head, speed, gradients, strict=True):
            v.mul_(0.9).add_(g)
            p.data.sub_(0.1 * v)
    torch.manual_seed(1)
    finetune(net, x, y, 3, epochs=epochs, lr=0.1)
    got = [p.detach() for p in net.head.parameters()]
    assert_close(got, [p.detach() for p in head], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("count", [17, 19])
def test_losses(count: int) -> None:
    """Reports each epoch's mean loss per row, with the stored statistics."""
    net, x, y = seeded(), rows(count), labels(count, 3)
    losses = finetune(net, x, y, 3, epochs=2, lr=0.0)
    expected = slow_loss(features(net, x), y, net.head.weight, net.head.bias).item()
    assert losses == pytest.approx([expected, expected], rel=1e-4)


@pytest.mark.parametrize("training", [True, False])
def test_dropout_while_the_head_learns(training: bool) -> None:
    """Keeps dropout active in front of the head while the head is trained."""
    losses = finetune(seeded(width=16, dropout=0.5).train(training), rows(8), labels(8, 2), 2, epochs=3, lr=0.0)
    assert len({round(loss, 5) for loss in losses}) == 3


def test_one_row() -> None:
    """Handles a last batch of one row: 16 and 1."""
    losses = finetune(seeded(), rows(17), labels(17, 2), 2, epochs=1)
    assert len(losses) == 1


def test_third_task() -> None:
    """Can learn yet another task on the same body."""
    net = seeded()
    before = copy.deepcopy(net.body.state_dict())
    finetune(net, rows(8), labels(8, 2), 2, epochs=1)
    losses = finetune(net, rows(8), labels(8, 4), 4, epochs=3)
    assert losses[-1] < losses[0]
    assert_close(net.body.state_dict(), before, rtol=0, atol=0)


def test_accuracy() -> None:
    """Counts the rows whose largest logit is right, with stored statistics."""
    net, x = seeded(width=8, dropout=0.5).train(), rows(12)
    logits = features(net, x) @ net.head.weight.T + net.head.bias
    y = logits.argmax(dim=1) ^ (torch.arange(12) % 4 == 0)
    assert accuracy(net, x, y) == pytest.approx(0.75)


def test_accuracy_of_one_row() -> None:
    """Scores a row alone the same as among others."""
    net, x = seeded(width=8, dropout=0.5).train(), rows(6)
    y = labels(6, 2)
    alone = sum(accuracy(net.train(), x[row : row + 1], y[row : row + 1]) for row in range(6)) / 6
    assert accuracy(net.train(), x, y) == pytest.approx(alone)


def test_accuracy_moves_nothing() -> None:
    """Evaluates without changing the batch-norm statistics."""
    net = seeded().train()
    before = copy.deepcopy(net.state_dict())
    accuracy(net, rows(6), labels(6, 2))
    assert_close(net.state_dict(), before, rtol=0, atol=0)


def test_pretraining() -> None:
    """Still trains a whole new net, statistics included."""
    net = seeded(dropout=0.2).eval()
    before = copy.deepcopy(net.state_dict())
    pretrain(net, rows(8), labels(8, 2), epochs=1)
    unchanged = {name for name, value in net.state_dict().items() if value.equal(before[name])}
    assert unchanged - {"body.0.bias"} == set()  # which a batch norm takes away again: it moves by rounding alone


@pytest.mark.edge
def test_plain_values() -> None:
    """Returns a float per epoch, and a float for the accuracy."""
    net, x, y = seeded(), rows(8), labels(8, 2)
    losses = [*pretrain(net, x, y, epochs=2), *finetune(net, x, y, 2, epochs=3)]
    assert [type(value) for value in (*losses, accuracy(net, x, y))] == [float] * 6


def test_loss_falls() -> None:
    """Learns the new task: the loss falls to a fifth."""
    _, losses, _, _ = taught()
    assert losses[-1] < losses[0] / 5


def test_new_task() -> None:
    """Classifies new points: 95 of 100 are right."""
    net, _, _, _ = taught()
    x, kinds = points(40, seed=3)
    assert accuracy(net, x[kinds != 3] + 0.5, kinds[kinds != 3] % 2) > 0.95


def test_old_task() -> None:
    """Forgets nothing: with its old head, the net is as good as before."""
    _, _, before, after = taught()
    assert before > 0.95
    assert after == before


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Doesn't modify points or labels."""
    x, y = rows(8), labels(8, 2)
    finetune(seeded(), x, y, 2, epochs=1)
    assert_close((x, y), (rows(8), labels(8, 2)), rtol=0, atol=0)


@pytest.mark.edge
def test_old_head_can_be_trained() -> None:
    """Freezes only the body, not the old head."""
    _, _, old = tuned()
    assert [p.requires_grad for p in old.parameters()] == [True, True]


@pytest.mark.edge
def test_accuracy_freezes_nothing() -> None:
    """Evaluates without gradients, and every parameter can still be trained."""
    net, modes = seeded(), []
    net.head.register_forward_hook(lambda *_: modes.append(torch.is_grad_enabled()))
    accuracy(net, rows(6), labels(6, 2))
    assert modes == [False]
    assert [p.requires_grad for p in net.parameters()] == [True] * 6


@pytest.mark.edge
def test_no_decay() -> None:
    """Leaves the head's weights alone if all features are 0: no weight decay."""
    net = seeded()
    net.body[1].bias.data.fill_(-1e4)
    torch.manual_seed(1)
    start = nn.Linear(4, 2)
    torch.manual_seed(1)
    finetune(net, rows(5), labels(5, 2), 2, epochs=2, lr=1.0)
    assert_close(net.head.weight, start.weight, rtol=0, atol=0)


@pytest.mark.edge
def test_pretraining_by_hand() -> None:
    """Pretrains with SGD and momentum 0.9, batch by batch."""
    net = seeded()
    expected, x, y = copy.deepcopy(net), rows(20), labels(20, 2)
    optimizer = torch.optim.SGD(expected.parameters(), lr=0.1, momentum=0.9)
    for part in [slice(16), slice(16, 20)]:
        optimizer.zero_grad()
        nn.functional.cross_entropy(expected(x[part]), y[part]).backward()
        optimizer.step()
    pretrain(net, x, y, epochs=1)
    assert_close(net.state_dict(), expected.state_dict(), atol=1e-5, rtol=1e-4)


@pytest.mark.edge
@pytest.mark.parametrize("function", [pretrain, finetune])
def test_default_settings(function: Callable[..., object]) -> None:
    """Keeps the default settings of both functions."""
    parameters = inspect.signature(function).parameters.values()
    got = {each.name: each.default for each in parameters if each.default is not each.empty}
    assert got == {"epochs": 20, "lr": 0.1}
