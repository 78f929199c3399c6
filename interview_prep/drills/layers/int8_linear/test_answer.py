"""Levels and results against plain numbers, one weight at a time."""

import copy

import pytest
import torch
from answer import Int8Linear, quantize
from torch import Tensor, nn
from torch.testing import assert_close


def levels_by_loops(weight: Tensor) -> Tensor:
    """Slow and obvious: one row at a time."""
    rows = []
    for row in weight.tolist():
        largest = max(map(abs, row))
        rows.append([round(127 * w / largest) if largest else 0 for w in row])
    return torch.tensor(rows, dtype=torch.int8)


def by_loops(linear: nn.Linear, x: Tensor) -> Tensor:
    """(B, I) -> (B, O) in float64, from the levels above."""
    weight = linear.weight.tolist()
    levels = levels_by_loops(linear.weight).tolist()
    bias = [0.0] * len(weight) if linear.bias is None else linear.bias.tolist()
    scales = [max(map(abs, row)) / 127 for row in weight]
    out = [
        [scales[o] * sum(q * v for q, v in zip(levels[o], row, strict=True)) + bias[o] for o in range(len(weight))]
        for row in x.tolist()
    ]
    return torch.tensor(out, dtype=torch.float64)


def random_weight(dtype: torch.dtype = torch.float32) -> Tensor:
    """Weights (3, 4) with rows of very different sizes."""
    draw = torch.randn(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return (draw * torch.tensor([[1.0], [100.0], [0.01]])).to(dtype)


def random_linear(*, bias: bool = True, seed: int = 0) -> nn.Linear:
    torch.manual_seed(seed)
    linear = nn.Linear(4, 3, bias=bias)
    linear.weight.data *= torch.tensor([[1.0], [10.0], [0.1]])
    return linear


def inputs(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


EXAMPLE = torch.tensor([[1.27, -0.64, 0.0], [0.0, 0.0126, -0.0254]])


def test_example_levels() -> None:
    """Matches the levels in the prompt."""
    levels, _ = quantize(EXAMPLE)
    assert_close(levels, torch.tensor([[127, -64, 0], [0, 63, -127]], dtype=torch.int8))


def test_example_scale() -> None:
    """Matches the scales in the prompt, float32 of shape (O, 1)."""
    _, scale = quantize(EXAMPLE)
    assert_close(scale, torch.tensor([[0.01], [0.0002]]))


def test_example_layer() -> None:
    """Matches the layer's result in the prompt."""
    linear = nn.Linear(3, 2)
    linear.weight.data, linear.bias.data = EXAMPLE.clone(), torch.tensor([0.0, 1.0])
    assert_close(Int8Linear(linear)(torch.ones(3)), torch.tensor([0.63, 0.9872]))


def test_levels() -> None:
    """Rounds to the nearest level in each row."""
    weight = random_weight()
    levels, _ = quantize(weight)
    assert_close(levels, levels_by_loops(weight))


@pytest.mark.edge
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_levels_of_other_dtypes(dtype: torch.dtype) -> None:
    """Rounds to the nearest level in float32, whatever the weight's dtype."""
    weight = random_weight(dtype)
    levels, _ = quantize(weight)
    assert_close(levels, levels_by_loops(weight))


@pytest.mark.edge
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_scale_is_float32(dtype: torch.dtype) -> None:
    """Returns scales in float32, whatever the weight's dtype."""
    weight = random_weight(dtype)
    _, scale = quantize(weight)
    assert_close(scale, weight.float().abs().amax(1, keepdim=True) / 127)


def test_half_a_step() -> None:
    """Is never further from the weight than half a step of its row."""
    weight = torch.linspace(-1, 0.9, 120).view(2, 60) ** 3
    levels, scale = quantize(weight)
    assert ((levels * scale - weight).abs() <= 0.5005 * scale).all()


def test_largest_magnitude_is_negative() -> None:
    """Takes the largest magnitude, not the largest weight."""
    levels, _ = quantize(torch.tensor([[0.5, -2.0, 1.3]]))
    assert_close(levels, torch.tensor([[32, -127, 83]], dtype=torch.int8))


def test_row_of_zeros() -> None:
    """Turns a row of zeros into zeros."""
    levels, scale = quantize(torch.tensor([[0.0, 0.0], [1.0, -0.25]]))
    assert_close(levels * scale, torch.tensor([[0.0, 0.0], [1.0, -32 / 127]]))


def test_scale_of_zeros() -> None:
    """Gives a row of zeros a positive scale, so nothing is 0 / 0."""
    _, scale = quantize(torch.tensor([[0.0, 0.0], [1.0, -0.25]]))
    assert (scale > 0).all()


@pytest.mark.edge
@pytest.mark.parametrize("size", [1e-12, 1e-30])
def test_tiny_row(size: float) -> None:
    """Keeps the precision of a row of tiny weights."""
    weight = size * torch.tensor([[1.0, -0.4, 0.26]])
    levels, _ = quantize(weight)
    assert_close(levels, levels_by_loops(weight))


def test_huge_row() -> None:
    """Keeps the precision of small rows next to a row of weights around 1e4."""
    weight = torch.tensor([[1e4, -3e3], [1e-4, 3e-5]])
    levels, _ = quantize(weight)
    assert_close(levels, levels_by_loops(weight))


def test_square_weight() -> None:
    """Scales rows, not columns, even when O = I."""
    weight = torch.tensor([[4.0, 1.0], [0.3, 0.2]])
    _, scale = quantize(weight)
    assert_close(scale, torch.tensor([[4.0], [0.3]]) / 127)


@pytest.mark.parametrize("batch", [1, 3])
def test_layer(batch: int) -> None:
    """Computes with the rounded weights and adds the bias."""
    linear, x = random_linear(), inputs(batch, 4)
    assert_close(Int8Linear(linear)(x), by_loops(linear, x).float())


def test_layer_without_bias() -> None:
    """Accepts a linear layer without a bias."""
    linear, x = random_linear(bias=False), inputs(2, 4)
    assert_close(Int8Linear(linear)(x), by_loops(linear, x).float())


@pytest.mark.parametrize("shape", [(4,), (2, 1, 3, 4), pytest.param((0, 4), marks=pytest.mark.edge)])
def test_batch_dimensions(shape: tuple[int, ...]) -> None:
    """Accepts any number of batch dimensions, as nn.Linear does."""
    linear, x = random_linear(), inputs(*shape)
    expected = by_loops(linear, x.view(-1, 4)).view(*shape[:-1], 3).float()
    assert_close(Int8Linear(linear)(x), expected)


def test_close_to_the_float_layer() -> None:
    """Differs from the float layer by no more than the rounding."""
    linear, x = random_linear(), inputs(5, 4)
    furthest = linear.weight.abs().amax(1) / 254 * x.abs().sum(1, keepdim=True)
    got = Int8Linear(linear)(x)
    assert ((got - linear(x)).abs() <= furthest * 1.01).all()


def test_zeros_in_a_layer() -> None:
    """Returns just the bias when all weights are zero."""
    linear = random_linear()
    linear.weight.data.zero_()
    assert_close(Int8Linear(linear)(inputs(2, 4)), linear.bias.detach().expand(2, 3))


@pytest.mark.edge
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float16, 2e-2), (torch.bfloat16, 1e-1), (torch.float64, 1e-5)])
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Returns x's dtype, which may differ from the layer's."""
    linear, x = random_linear(), inputs(2, 4).to(dtype)
    assert_close(Int8Linear(linear)(x), by_loops(linear, x).to(dtype), atol=tolerance, rtol=tolerance)


def test_state() -> None:
    """Saves int8 weights, their scales and the bias, and nothing else."""
    got = {name: (tensor.dtype, tensor.shape) for name, tensor in Int8Linear(random_linear()).state_dict().items()}
    assert got == {
        "weight": (torch.int8, (3, 4)),
        "scale": (torch.float32, (3, 1)),
        "bias": (torch.float32, (3,)),
    }


def test_state_without_bias() -> None:
    """Saves no bias when there is none."""
    assert set(Int8Linear(random_linear(bias=False)).state_dict()) == {"weight", "scale"}


def test_load_state() -> None:
    """Computes with the state that's loaded into it."""
    linear, x = random_linear(seed=5), inputs(2, 4)
    layer = Int8Linear(random_linear())
    layer.load_state_dict(Int8Linear(linear).state_dict())
    assert_close(layer(x), by_loops(linear, x).float())


def test_load_state_after_use() -> None:
    """Computes with the state that's loaded after it has been used."""
    linear, x = random_linear(seed=5), inputs(2, 4)
    layer = Int8Linear(random_linear())
    layer(x)
    layer.load_state_dict(Int8Linear(linear).state_dict())
    assert_close(layer(x), by_loops(linear, x).float())


@pytest.mark.edge
def test_bias_of_zeros() -> None:
    """Keeps a bias of zeros, which another state may fill."""
    linear = random_linear()
    linear.bias.data.zero_()
    assert set(Int8Linear(linear).state_dict()) == {"weight", "scale", "bias"}


def test_nothing_is_trained() -> None:
    """Has nothing that requires a gradient."""
    layer = Int8Linear(random_linear())
    assert not layer(inputs(2, 4)).requires_grad


def test_gradient_of_x() -> None:
    """Passes the gradient through to x."""
    linear, x = random_linear(), inputs(2, 4).requires_grad_()
    weight = levels_by_loops(linear.weight) * linear.weight.detach().abs().amax(1, keepdim=True) / 127
    got = torch.autograd.grad(Int8Linear(linear)(x).sum(), x)
    assert_close(got, (weight.sum(0).expand(2, 4),))


@pytest.mark.edge
def test_linear_unchanged() -> None:
    """Doesn't modify the linear layer's weight and bias."""
    linear = random_linear()
    before = copy.deepcopy(linear)
    Int8Linear(linear)
    assert_close(list(linear.parameters()), list(before.parameters()), rtol=0, atol=0)


@pytest.mark.edge
@pytest.mark.parametrize("training", [True, False])
def test_linear_keeps_mode_and_flags(*, training: bool) -> None:
    """Doesn't change the linear layer's mode or its requires_grad."""
    linear = random_linear().train(training)
    Int8Linear(linear)
    assert (linear.training, [p.requires_grad for p in linear.parameters()]) == (training, [True, True])


@pytest.mark.edge
def test_no_shared_memory() -> None:
    """Is unaffected by later changes to the linear layer."""
    linear, x = random_linear(), inputs(2, 4)
    expected = by_loops(linear, x).float()
    layer = Int8Linear(linear)
    linear.weight.data.zero_()
    linear.bias.data.zero_()
    assert_close(layer(x), expected)


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Doesn't modify x or the weight."""
    x, weight = inputs(2, 4), random_weight()
    given = [x.clone(), weight.clone()]
    Int8Linear(random_linear())(x)
    quantize(weight)
    assert_close([x, weight], given, rtol=0, atol=0)
