"""A layer with a low-rank update, against the whole weight written out."""

import copy

import pytest
import torch
from answer import LoRALinear
from torch import Tensor, nn
from torch.testing import assert_close

WEIGHT, BIAS = torch.randn(3, 5, generator=torch.Generator().manual_seed(0)).split([4, 1], dim=1)


def random_linear(*, bias: bool = True) -> nn.Linear:
    torch.manual_seed(0)  # for the A of the layer made from it, too
    linear = nn.Linear(4, 3, bias=bias)
    linear.weight.data = WEIGHT.clone()
    if bias:
        linear.bias.data = BIAS.flatten().clone()
    return linear


def trained_layer(*, bias: bool = True, rank: int = 2, alpha: float = 3.0) -> LoRALinear:
    """A layer whose A and B are set to random numbers."""
    layer = LoRALinear(random_linear(bias=bias), rank, alpha)
    layer.A.data, layer.B.data = inputs(rank, 4, seed=2), inputs(3, rank, seed=3)
    return layer


def weight_by_loops(layer: LoRALinear, scale: float) -> Tensor:
    """Slow and obvious: the weight (3, 4) with the update, one number at a time."""
    weight, a, b = WEIGHT.tolist(), layer.A.tolist(), layer.B.tolist()
    for o in range(3):
        for i in range(4):
            weight[o][i] += scale * sum(b[o][r] * a[r][i] for r in range(len(a)))
    return torch.tensor(weight)


def inputs(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def train(layer: LoRALinear, steps: int = 3) -> list[float]:
    """Take SGD steps toward a target that is a rank-1 update away; return the loss before each step."""
    x, losses = inputs(8, 4), []
    target = x @ WEIGHT.T + BIAS.flatten() + x[:, :1] * torch.tensor([1.0, -1.0, 1.0])
    for _ in range(steps):
        loss = (layer(x) - target).square().mean()
        losses.append(loss.item())
        layer.zero_grad()
        loss.backward()
        for parameter in layer.parameters():
            if parameter.grad is not None:
                parameter.data -= 0.5 * parameter.grad
    return losses


def example() -> LoRALinear:
    torch.manual_seed(0)
    linear = nn.Linear(3, 2, bias=False)
    linear.weight.data = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    return LoRALinear(linear, rank=1, alpha=2.0)


def set_example() -> LoRALinear:
    layer = example()
    layer.A.data, layer.B.data = torch.tensor([[0.0, 1.0, 1.0]]), torch.tensor([[0.5], [-1.0]])
    return layer


def test_example_at_the_start() -> None:
    """Matches the first results in the prompt."""
    layer = example()
    assert layer(torch.tensor([1.0, 10.0, 100.0])).tolist() == [1.0, 10.0]


def test_example_with_an_update() -> None:
    """Matches the second results in the prompt."""
    layer = set_example()
    assert_close(layer(torch.tensor([1.0, 10.0, 100.0])), torch.tensor([111.0, -210.0]))


def test_example_merged() -> None:
    """Matches the merged weight in the prompt."""
    layer = set_example()
    assert_close(layer.merge().weight.detach(), torch.tensor([[1.0, 1.0, 1.0], [0.0, -1.0, -2.0]]))


@pytest.mark.parametrize("bias", [True, False])
def test_starts_as_the_linear_layer(*, bias: bool) -> None:
    """Computes exactly what the linear layer does at the start."""
    layer, x = LoRALinear(random_linear(bias=bias), 2, 8.0), inputs(5, 4)
    assert_close(layer(x), random_linear(bias=bias)(x), rtol=0, atol=0)


def test_b_starts_at_zero() -> None:
    """Starts with B at zero, of shape (O, rank)."""
    assert_close(LoRALinear(random_linear(), 2).B.detach(), torch.zeros(3, 2))


def test_a_starts_random() -> None:
    """Starts with an A of shape (rank, I) whose rows are independent."""
    layer = LoRALinear(random_linear(), 2)
    assert torch.linalg.matrix_rank(layer.A.detach()).item() == len(layer.A) == 2


def test_a_is_drawn_anew() -> None:
    """Draws a different A for the next layer."""
    torch.manual_seed(0)
    first, second = (LoRALinear(nn.Linear(4, 3), 2).A for _ in range(2))
    assert not torch.equal(first, second)


@pytest.mark.parametrize("batch", [1, 3])
def test_update(batch: int) -> None:
    """Adds alpha / rank times B A to the weight."""
    layer, x = trained_layer(), inputs(batch, 4)
    expected = x @ weight_by_loops(layer, 1.5).T + BIAS.flatten()
    assert_close(layer(x).detach(), expected)


@pytest.mark.parametrize(("rank", "alpha"), [(1, 2.0), (4, 2.0), (6, 0.5)])
def test_rank_and_alpha(rank: int, alpha: float) -> None:
    """Scales by alpha / rank, whatever the rank."""
    layer, x = trained_layer(rank=rank, alpha=alpha, bias=False), inputs(2, 4)
    assert_close(layer(x).detach(), x @ weight_by_loops(layer, alpha / rank).T)


def test_default_alpha() -> None:
    """Uses alpha = 1 by default."""
    layer, x = LoRALinear(random_linear(bias=False), 2), inputs(2, 4)
    layer.B.data = inputs(3, 2, seed=3)
    assert_close(layer(x).detach(), x @ weight_by_loops(layer, 0.5).T)


@pytest.mark.parametrize("shape", [(4,), (2, 1, 3, 4), pytest.param((0, 4), marks=pytest.mark.edge)])
def test_batch_dimensions(shape: tuple[int, ...]) -> None:
    """Accepts any number of batch dimensions, as nn.Linear does."""
    layer, x = trained_layer(bias=False), inputs(*shape)
    assert_close(layer(x).detach(), x @ weight_by_loops(layer, 1.5).T)


@pytest.mark.parametrize("bias", [True, False])
def test_only_a_and_b_are_trained(*, bias: bool) -> None:
    """Has two trainable parameters, A and B."""
    layer = LoRALinear(random_linear(bias=bias), 2)
    trainable = {id(p) for p in layer.parameters() if p.requires_grad}
    only = trainable == {id(layer.A), id(layer.B)}
    assert (only, tuple(layer.A.shape), tuple(layer.B.shape)) == (True, (2, 4), (3, 2))


def test_both_learn() -> None:
    """Changes both A and B within a few training steps."""
    layer = LoRALinear(random_linear(), 2)
    a, b = layer.A.detach().clone(), layer.B.detach().clone()
    train(layer)
    moved = [not torch.equal(layer.A, a), not torch.equal(layer.B, b)]
    assert moved == [True, True]


def test_loss_falls() -> None:
    """Reaches a rank-1 target by training."""
    layer = LoRALinear(random_linear(), 1)
    layer.A.data = torch.tensor([[0.9, 0.2, 0.0, 0.0]])
    losses = train(layer, steps=8)
    assert losses[-1] < 0.1 * losses[0]


def test_training_leaves_the_base() -> None:
    """Computes what the linear layer did when B is set back to zero."""
    layer, x = LoRALinear(random_linear(), 2), inputs(5, 4)
    train(layer)
    layer.B.data.zero_()
    assert_close(layer(x).detach(), random_linear()(x).detach(), rtol=0, atol=0)


def test_gradients() -> None:
    """Gives A, B and x the gradients that follow from the whole weight."""
    layer, x = trained_layer(bias=False), inputs(2, 4).requires_grad_()
    a, b = (p.detach().clone().requires_grad_() for p in (layer.A, layer.B))
    weight = WEIGHT + 1.5 * b @ a
    got = torch.autograd.grad(layer(x).square().sum(), [layer.A, layer.B, x])
    assert_close(got, torch.autograd.grad((x @ weight.T).square().sum(), [a, b, x]))


@pytest.mark.parametrize("bias", [True, False])
def test_merged_layer(*, bias: bool) -> None:
    """Merges into a layer that computes the same."""
    layer, x = trained_layer(bias=bias), inputs(5, 4)
    expected = x @ weight_by_loops(layer, 1.5).T
    if bias:
        expected = expected + BIAS.flatten()
    assert_close(layer.merge()(x).detach(), expected)


@pytest.mark.edge
def test_eval_mode() -> None:
    """Computes the same after eval(), and again after train()."""
    layer, x = trained_layer(), inputs(2, 4)
    expected = x @ weight_by_loops(layer, 1.5).T + BIAS.flatten()
    results = [layer.eval()(x).detach(), layer(x).detach(), layer.train()(x).detach()]
    assert_close(results, [expected] * 3)


@pytest.mark.edge
def test_merge_in_eval_mode() -> None:
    """Merges the update once, after eval() and after train() again."""
    layer = trained_layer()
    expected = weight_by_loops(layer, 1.5)
    weights = [layer.eval().merge().weight.detach(), layer.train().merge().weight.detach()]
    assert_close(weights, [expected] * 2)


@pytest.mark.edge
def test_gradients_in_eval_mode() -> None:
    """Passes gradients to A, B and x in eval mode too."""
    layer, x = trained_layer(bias=False).eval(), inputs(2, 4).requires_grad_()
    a, b = (p.detach().clone().requires_grad_() for p in (layer.A, layer.B))
    weight = WEIGHT + 1.5 * b @ a
    got = torch.autograd.grad(layer(x).square().sum(), [layer.A, layer.B, x])
    assert_close(got, torch.autograd.grad((x @ weight.T).square().sum(), [a, b, x]))


@pytest.mark.edge
@pytest.mark.parametrize("bias", [True, False])
def test_given_linear_is_frozen(*, bias: bool) -> None:
    """Freezes the parameters of the linear layer it's given."""
    linear = random_linear(bias=bias)
    LoRALinear(linear, 2)
    assert not any(p.requires_grad for p in linear.parameters())


@pytest.mark.edge
@pytest.mark.parametrize("training", [True, False])
def test_merge_leaves_mode_and_flags(*, training: bool) -> None:
    """Doesn't change the layer's mode or any requires_grad."""
    layer = trained_layer().train(training)
    before = {name: p.requires_grad for name, p in layer.named_parameters()}
    layer.merge()
    modes = {module.training for module in layer.modules()}
    after = {name: p.requires_grad for name, p in layer.named_parameters()}
    assert (modes, after) == ({training}, before)


@pytest.mark.edge
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_merged_dtype(dtype: torch.dtype) -> None:
    """Merges into a layer of the same dtype."""
    merged = LoRALinear(random_linear().to(dtype), 2).merge()
    assert [p.dtype for p in merged.parameters()] == [dtype, dtype]


def test_merged_type() -> None:
    """Merges into a plain nn.Linear."""
    layer = trained_layer()
    assert type(layer.merge()) is nn.Linear


def test_merged_parameters() -> None:
    """Merges into a layer with a weight and a bias, and nothing else."""
    layer = trained_layer()
    assert set(layer.merge().state_dict()) == {"weight", "bias"}


def test_merge_leaves_the_layer() -> None:
    """Computes the same after merging, however often."""
    layer, x = trained_layer(), inputs(2, 4)
    expected = layer(x).detach()
    layer.merge()
    layer.merge()
    assert_close(layer(x).detach(), expected, rtol=0, atol=0)


@pytest.mark.edge
def test_merged_memory() -> None:
    """Shares neither weight nor bias with the merged layer."""
    layer, x = trained_layer(), inputs(2, 4)
    expected = layer(x).detach()
    for parameter in layer.merge().parameters():
        parameter.data.zero_()
    assert_close(layer(x).detach(), expected, rtol=0, atol=0)


@pytest.mark.edge
@pytest.mark.parametrize("rank", [0, -1])
def test_rank_below_one(rank: int) -> None:
    """Raises ValueError for a rank below 1."""
    with pytest.raises(ValueError):  # noqa: PT011, any message will do
        LoRALinear(random_linear(), rank)


@pytest.mark.edge
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_dtype(dtype: torch.dtype) -> None:
    """Has A and B in the dtype of the linear layer."""
    layer = LoRALinear(random_linear().to(dtype), 2)
    assert (layer.A.dtype, layer.B.dtype) == (dtype, dtype)


@pytest.mark.edge
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.bfloat16, 1e-1), (torch.float64, 1e-5)])
def test_dtype_of_the_result(dtype: torch.dtype, tolerance: float) -> None:
    """Converts frozen weights, A and B together."""
    layer, x = trained_layer(), inputs(2, 4)
    expected = x @ weight_by_loops(layer, 1.5).T + BIAS.flatten()
    assert_close(layer.to(dtype)(x.to(dtype)).detach(), expected.to(dtype), atol=tolerance, rtol=tolerance)


def test_load_state() -> None:
    """Computes with the state that's loaded into it, frozen weights included."""
    torch.manual_seed(1)
    layer, x = LoRALinear(nn.Linear(4, 3), 2, 3.0), inputs(2, 4)
    layer.load_state_dict(copy.deepcopy(trained_layer().state_dict()))
    assert_close(layer(x).detach(), trained_layer()(x).detach())


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Doesn't modify x."""
    layer, x = trained_layer(), inputs(2, 4)
    before = x.clone()
    layer(x)
    assert_close(x, before, rtol=0, atol=0)
