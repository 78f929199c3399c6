"""Steps, compared with plain floats one entry at a time, and with torch.optim."""

import copy
import math
from typing import Any

import pytest
import torch
from answer import SGD, AdamW
from torch import Tensor
from torch.testing import assert_close


def sgd_by_floats(p: float, gradients: list[float], lr: float, momentum: float, decay: float) -> float:
    """One entry of a parameter after a step for each gradient."""
    velocity = 0.0
    for gradient in gradients:
        velocity = momentum * velocity + gradient + decay * p
        p = p - lr * velocity
    return p


def adamw_by_floats(p: float, gradients: list[float], settings: dict[str, Any]) -> float:
    """One entry of a parameter after a step for each gradient."""
    beta1, beta2 = settings.get("betas", (0.9, 0.999))
    mean = square = 0.0
    for t, gradient in enumerate(gradients, start=1):
        mean = beta1 * mean + (1 - beta1) * gradient
        square = beta2 * square + (1 - beta2) * gradient * gradient
        root = math.sqrt(square / (1 - beta2**t))
        move = mean / (1 - beta1**t) / (root + settings.get("eps", 1e-8))
        p = p - settings["lr"] * settings.get("weight_decay", 0.01) * p - settings["lr"] * move
    return p


def entries(tensors: list[Tensor], at: int) -> list[float]:
    return [tensor.flatten()[at].item() for tensor in tensors]


def start(steps: int = 4, dtype: torch.dtype = torch.float64) -> tuple[Tensor, list[Tensor]]:
    """A parameter (2, 3) and a gradient for each step."""
    draw = torch.Generator().manual_seed(0)
    p, *gradients = torch.randn(steps + 1, 2, 3, dtype=torch.float64, generator=draw).to(dtype)
    return p.clone().requires_grad_(), gradients


def after(optimizer: Any, p: Tensor, gradients: list[Tensor]) -> Tensor:
    """The parameter after a step for each gradient."""
    for gradient in gradients:
        p.grad = gradient.clone()
        optimizer.step()
    return p.detach()


def trained(optimizer: Any, p: Tensor, steps: int = 2) -> Tensor:
    """The parameter after steps on the sum of its squares."""
    for _ in range(steps):
        optimizer.zero_grad()
        (p**2).sum().backward()
        optimizer.step()
    return p.detach()


def fit(model: torch.nn.Module, optimizer: Any, x: Tensor, y: Tensor) -> None:
    """Two steps on the mean squared error."""
    for _ in range(2):
        optimizer.zero_grad()
        (model(x) - y).square().mean().backward()
        optimizer.step()


def test_example_sgd() -> None:
    """Takes the SGD steps of the task's example."""
    p = torch.tensor([1.0, -2.0], requires_grad=True)
    assert_close(trained(SGD([p], lr=0.1, momentum=0.9), p), torch.tensor([0.46, -0.92]))


def test_example_adamw() -> None:
    """Takes the AdamW steps of the task's example."""
    p = torch.tensor([1.0, -2.0], requires_grad=True)
    got = trained(AdamW([p], lr=0.1, weight_decay=0.5), p)
    assert_close(got, torch.tensor([0.7082, -1.6104]), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("momentum", "decay"), [(0.0, 0.0), (0.9, 0.0), (0.0, 0.3), (0.8, 0.3)])
def test_sgd(momentum: float, decay: float) -> None:
    """Takes SGD's steps in every entry."""
    p, gradients = start()
    numbers = [sgd_by_floats(entries([p], i)[0], entries(gradients, i), 0.1, momentum, decay) for i in range(6)]
    got = after(SGD([p], lr=0.1, momentum=momentum, weight_decay=decay), p, gradients)
    assert_close(got, torch.tensor(numbers, dtype=torch.float64).view(2, 3))


@pytest.mark.parametrize(
    "settings",
    [
        {"lr": 0.1, "weight_decay": 0.0},
        {"lr": 0.1, "weight_decay": 0.5},
        {"lr": 0.1},
        {"lr": 0.1, "betas": (0.5, 0.7)},
        {"lr": 0.1, "eps": 0.3},
        {"lr": 1.0, "weight_decay": 0.5},
    ],
    ids=["no_decay", "decay", "defaults", "betas", "eps", "lr"],
)
def test_adamw(settings: dict[str, Any]) -> None:
    """Takes AdamW's steps in every entry."""
    p, gradients = start()
    numbers = [adamw_by_floats(entries([p], i)[0], entries(gradients, i), settings) for i in range(6)]
    got = after(AdamW([p], **settings), p, gradients)
    assert_close(got, torch.tensor(numbers, dtype=torch.float64).view(2, 3))


@pytest.mark.parametrize("ours", [SGD, AdamW])
def test_defaults_like_torch(ours: Any) -> None:
    """Takes the same steps as torch.optim if only lr is given."""
    p, gradients = start()
    theirs = p.detach().clone().requires_grad_()
    expected = after(getattr(torch.optim, ours.__name__)([theirs], lr=0.2), theirs, gradients)
    assert_close(after(ours([p], lr=0.2), p, gradients), expected)


def test_default_rate_of_adamw() -> None:
    """Uses a learning rate of 1e-3 in AdamW if none is given."""
    assert AdamW([torch.zeros(2, requires_grad=True)]).lr == 1e-3


def test_sgd_coasts() -> None:
    """Keeps moving by its velocity when the gradient is 0."""
    p = torch.tensor([1.0, -2.0], requires_grad=True)
    gradients = [torch.tensor([1.0, 3.0]), torch.zeros(2), torch.zeros(2)]
    got = after(SGD([p], lr=0.1, momentum=0.5), p, gradients)
    assert_close(got, torch.tensor([1.0 - 0.175, -2.0 - 0.525]))


def test_default_eps_of_adamw() -> None:
    """Uses an eps of 1e-8 by default: at a gradient of 1e-8 it halves a step."""
    p = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    got = after(AdamW([p], lr=0.1), p, [torch.tensor([1e-8, -1e-8], dtype=torch.float64)])
    assert_close(got, torch.tensor([-0.05, 0.05], dtype=torch.float64), rtol=1e-4, atol=0)


@pytest.mark.parametrize("size", [1e-4, 1e4])
def test_first_step_of_adamw(size: float) -> None:
    """Moves by lr in the first step, whatever the size of the gradient."""
    p = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    got = after(AdamW([p], lr=0.1), p, [torch.tensor([size, -size], dtype=torch.float64)])
    assert_close(got, torch.tensor([-0.1, 0.1], dtype=torch.float64), rtol=2e-4, atol=0)


def test_decay_without_gradient_of_adamw() -> None:
    """Shrinks by 1 - lr * weight_decay when the gradient is 0."""
    p = torch.tensor([2.0, -4.0], requires_grad=True)
    got = after(AdamW([p], lr=0.1, weight_decay=0.5), p, [torch.zeros(2), torch.zeros(2)])
    assert_close(got, torch.tensor([2.0, -4.0]) * 0.95**2)


@pytest.mark.parametrize("ours", [SGD, AdamW])
def test_lr_changes(ours: Any) -> None:
    """Applies a new lr to the whole next step, including old gradients."""
    p, gradients = start()
    theirs = p.detach().clone().requires_grad_()
    settings = {"lr": 0.1, "momentum": 0.9} if ours is SGD else {"lr": 0.1}
    optimizer, reference = ours([p], **settings), getattr(torch.optim, ours.__name__)([theirs], **settings)
    after(optimizer, p, gradients[:2])
    after(reference, theirs, gradients[:2])
    optimizer.lr = reference.param_groups[0]["lr"] = 0.01
    assert_close(after(optimizer, p, gradients[2:]), after(reference, theirs, gradients[2:]))


@pytest.mark.parametrize("ours", [SGD, AdamW])
def test_model_parameters(ours: Any) -> None:
    """Trains a model as torch.optim does, given a generator of parameters."""
    torch.manual_seed(1)
    x, y = torch.randn(4, 3), torch.randn(4, 2)
    model = torch.nn.Linear(3, 2)
    reference = copy.deepcopy(model)
    theirs = getattr(torch.optim, ours.__name__)(reference.parameters(), lr=0.1, weight_decay=0.1)
    fit(reference, theirs, x, y)
    fit(model, ours(model.parameters(), lr=0.1, weight_decay=0.1), x, y)
    assert_close(list(model.parameters()), list(reference.parameters()))


@pytest.mark.parametrize("ours", [SGD, AdamW])
def test_no_gradient(ours: Any) -> None:
    """Leaves a parameter alone if its grad is None: no weight decay either."""
    p, frozen = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    after(ours([frozen, p], lr=0.1, weight_decay=0.5), p, [torch.ones(2), torch.ones(2)])
    assert_close(frozen.detach(), torch.ones(2), rtol=0, atol=0)


@pytest.mark.parametrize("ours", [SGD, AdamW])
def test_updates_what_follows_no_gradient(ours: Any) -> None:
    """Updates the parameters that come after one whose grad is None."""
    p, gradients = start()
    theirs, frozen = p.detach().clone().requires_grad_(), torch.ones(2, requires_grad=True)
    expected = after(getattr(torch.optim, ours.__name__)([theirs], lr=0.1), theirs, gradients)
    assert_close(after(ours([frozen, p], lr=0.1), p, gradients), expected)


@pytest.mark.edge
@pytest.mark.parametrize("ours", [SGD, AdamW])
def test_no_gradient_in_a_loop(ours: Any) -> None:
    """Leaves a parameter alone that backward never reaches, even after zero_grad."""
    p, unused = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    trained(ours([p, unused], lr=0.1, weight_decay=0.5), p, steps=3)
    assert_close(unused.detach(), torch.ones(2), rtol=0, atol=0)


@pytest.mark.edge
def test_late_gradient_of_adamw() -> None:
    """Counts each parameter's own steps: a late one moves by lr at first."""
    p, late = torch.zeros(2, requires_grad=True), torch.zeros(2, requires_grad=True)
    optimizer = AdamW([p, late], lr=0.1)
    after(optimizer, p, [torch.ones(2)] * 12)
    got = after(optimizer, late, [torch.full((2,), 3.0)])
    assert_close(got, torch.full((2,), -0.1))


@pytest.mark.edge
@pytest.mark.parametrize("ours", [SGD, AdamW])
def test_gradients_overwritten(ours: Any) -> None:
    """Keeps no reference to gradients: they may be overwritten after a step."""
    p, gradients = start()
    theirs = p.detach().clone().requires_grad_()
    settings = {"lr": 0.1, "momentum": 0.9} if ours is SGD else {"lr": 0.1}
    expected = after(getattr(torch.optim, ours.__name__)([theirs], **settings), theirs, gradients)
    optimizer, p.grad = ours([p], **settings), torch.zeros_like(p)
    for gradient in gradients:
        p.grad.copy_(gradient)
        optimizer.step()
    assert_close(p.detach(), expected)


@pytest.mark.edge
@pytest.mark.parametrize("ours", [SGD, AdamW])
def test_gradients_unchanged(ours: Any) -> None:
    """Doesn't modify the gradients."""
    p, gradients = start(1)
    after(ours([p], lr=0.1, weight_decay=0.5), p, gradients)
    assert_close(p.grad, gradients[0], rtol=0, atol=0)


@pytest.mark.parametrize("ours", [SGD, AdamW])
def test_still_a_leaf(ours: Any) -> None:
    """Keeps each parameter a leaf that requires a gradient."""
    p, gradients = start(2)
    after(ours([p], lr=0.1), p, gradients)
    assert [p.is_leaf, p.requires_grad] == [True, True]


@pytest.mark.parametrize("ours", [SGD, AdamW])
def test_zero_grad(ours: Any) -> None:
    """Lets the next backward start fresh, for all parameters."""
    first, second = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    optimizer = ours([first, second], lr=0.1)
    (first * second).sum().backward()
    optimizer.zero_grad()
    (2 * first + 3 * second).sum().backward()
    assert_close([first.grad, second.grad], [torch.full((2,), 2.0), torch.full((2,), 3.0)])


@pytest.mark.parametrize("ours", [SGD, AdamW])
def test_new_optimizer(ours: Any) -> None:
    """Starts without any memory of another optimizer of the same parameter."""
    p, gradients = start()
    settings = {"lr": 0.1, "momentum": 0.9} if ours is SGD else {"lr": 0.1}
    after(ours([p], **settings), p, gradients[:2])
    theirs = p.detach().clone().requires_grad_()
    expected = after(getattr(torch.optim, ours.__name__)([theirs], **settings), theirs, gradients[2:])
    assert_close(after(ours([p], **settings), p, gradients[2:]), expected)


@pytest.mark.edge
@pytest.mark.parametrize("ours", [SGD, AdamW])
def test_bfloat16(ours: Any) -> None:
    """Keeps the parameter's dtype."""
    p, gradients = start(1, torch.bfloat16)
    before = p.detach().clone()
    got = after(ours([p], lr=0.1, weight_decay=0.0), p, gradients)
    expected = before - 0.1 * (gradients[0] if ours is SGD else gradients[0].sign())
    assert_close(got, expected, rtol=2e-2, atol=2e-2)
