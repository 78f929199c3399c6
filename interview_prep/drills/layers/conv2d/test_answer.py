"""Convolution against loops over every number, and against the library."""

import itertools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import answer
import pytest
import torch
from answer import conv2d
from torch import Tensor
from torch.testing import assert_close


def by_loops(x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0) -> Tensor:
    """Slow and obvious: one output number at a time, in Python's floats."""
    (b, c, h, w), (o, _, kh, kw) = x.shape, weight.shape
    image, kernel, add = x.tolist(), weight.tolist(), [0.0] * o if bias is None else bias.tolist()

    def pixel(n: int, channel: int, row: int, column: int) -> float:
        return image[n][channel][row][column] if 0 <= row < h and 0 <= column < w else 0.0

    def at(n: int, out: int, top: int, left: int) -> float:
        places = itertools.product(range(c), range(kh), range(kw))
        return add[out] + sum(kernel[out][k][i][j] * pixel(n, k, top + i, left + j) for k, i, j in places)

    tops = range(-padding, h + padding - kh + 1, stride)
    lefts = range(-padding, w + padding - kw + 1, stride)
    numbers = [[[[at(n, k, top, left) for left in lefts] for top in tops] for k in range(o)] for n in range(b)]
    return torch.tensor(numbers, dtype=torch.float64).to(x.dtype)


def random_inputs(batch: int = 2, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor, Tensor]:
    """Images (B, 2, 5, 4), filters (3, 2, 3, 2), bias (3,)."""
    torch.manual_seed(0)
    shapes = [(batch, 2, 5, 4), (3, 2, 3, 2), (3,)]
    x, weight, bias = (torch.randn(shape, dtype=torch.float64).to(dtype) for shape in shapes)
    return x, weight, bias


def lines(function: Callable[..., Any], *args: Any) -> int:
    """How many lines of the answer a call runs."""
    count, before = 0, sys.gettrace()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename != answer.__file__:
            return None
        count += event == "line"
        return trace

    sys.settrace(trace)
    try:
        function(*args)
    finally:
        sys.settrace(before)
    return count


EXAMPLE = torch.arange(1.0, 10.0).view(1, 1, 3, 3)
FILTER = torch.tensor([[[[1.0, 0.0], [0.0, 10.0]]]])


def test_example() -> None:
    """Matches the first example in the prompt."""
    assert_close(conv2d(EXAMPLE, FILTER), torch.tensor([[[[51.0, 62.0], [84.0, 95.0]]]]))


def test_example_with_bias_stride_padding() -> None:
    """Matches the second example in the prompt."""
    got = conv2d(EXAMPLE, FILTER, bias=torch.tensor([0.5]), stride=2, padding=1)
    assert_close(got, torch.tensor([[[[10.5, 30.5], [70.5, 95.5]]]]))


@pytest.mark.parametrize("batch", [1, 3])
def test_plain(batch: int) -> None:
    """Matches plain loops when image, filter and channel sizes all differ."""
    x, weight, _ = random_inputs(batch)
    assert_close(conv2d(x, weight), by_loops(x, weight))


def test_bias() -> None:
    """Adds the bias to its output channel."""
    x, weight, bias = random_inputs()
    assert_close(conv2d(x, weight, bias), by_loops(x, weight, bias))


def test_bias_of_square_output() -> None:
    """Adds the bias to its channel when the output is O high and O wide."""
    torch.manual_seed(1)
    x, weight, bias = torch.randn(1, 1, 4, 4), torch.randn(3, 1, 2, 2), torch.randn(3)
    assert_close(conv2d(x, weight, bias), by_loops(x, weight, bias))


@pytest.mark.parametrize("stride", [2, 3])
def test_stride(stride: int) -> None:
    """Steps by the stride, and ignores what doesn't fit."""
    x, weight, _ = random_inputs()
    assert_close(conv2d(x, weight, stride=stride), by_loops(x, weight, stride=stride))


@pytest.mark.parametrize(("stride", "padding"), [(5, 0), (1, 4), (7, 5)])
def test_large_stride_and_padding(stride: int, padding: int) -> None:
    """Accepts strides and paddings that are larger than the filter."""
    torch.manual_seed(4)
    x, weight = torch.randn(1, 2, 9, 11), torch.randn(2, 2, 3, 2)
    got = conv2d(x, weight, stride=stride, padding=padding)
    assert_close(got, by_loops(x, weight, stride=stride, padding=padding))


def test_stride_that_leaves_pixels_over() -> None:
    """Ignores the last rows and columns when the stride doesn't fit."""
    x, weight = torch.randn(1, 1, 6, 8, generator=torch.Generator().manual_seed(0)), torch.ones(1, 1, 3, 3)
    assert_close(conv2d(x, weight, stride=2), by_loops(x, weight, stride=2))


@pytest.mark.parametrize("padding", [1, 2])
def test_padding(padding: int) -> None:
    """Pads all four sides with zeros."""
    x, weight, _ = random_inputs()
    assert_close(conv2d(x, weight, padding=padding), by_loops(x, weight, padding=padding))


def test_size_with_padding() -> None:
    """Grows by twice the padding in height and in width."""
    x, weight, _ = random_inputs()
    assert conv2d(x, weight, padding=2).shape == (2, 3, 7, 7)


def test_image_with_a_black_border() -> None:
    """Pads top, bottom, left and right the same way."""
    image, weight = torch.zeros(1, 1, 4, 4), torch.arange(9.0).view(1, 1, 3, 3)
    image[:, :, 1:-1, 1:-1] = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert_close(conv2d(image, weight, padding=1), by_loops(image, weight, padding=1))


def test_stride_and_padding() -> None:
    """Combines stride, padding and bias."""
    x, weight, bias = random_inputs()
    assert_close(conv2d(x, weight, bias, 2, 1), by_loops(x, weight, bias, 2, 1))


def test_like_the_library() -> None:
    """Matches torch.nn.functional.conv2d on a larger image."""
    torch.manual_seed(2)
    x, weight, bias = torch.randn(2, 3, 9, 8), torch.randn(4, 3, 3, 3), torch.randn(4)
    expected = torch.nn.functional.conv2d(x, weight, bias, stride=2, padding=1)
    assert_close(conv2d(x, weight, bias, stride=2, padding=1), expected, atol=1e-5, rtol=1e-4)


def test_square_inputs() -> None:
    """Doesn't mix up axes when all sizes are equal."""
    torch.manual_seed(3)
    x, weight = torch.randn(2, 2, 3, 3), torch.randn(2, 2, 2, 2)
    assert_close(conv2d(x, weight), by_loops(x, weight))


def test_filter_of_one_pixel() -> None:
    """Only mixes channels when the filter is 1 by 1."""
    x, _, _ = random_inputs()
    weight = torch.tensor([[1.0, -2.0], [0.0, 3.0]])[:, :, None, None]
    assert_close(conv2d(x, weight), torch.stack([x[:, 0] - 2 * x[:, 1], 3 * x[:, 1]], dim=1))


def test_filter_as_large_as_the_image() -> None:
    """Returns one number per image when the filter covers it."""
    x, _, _ = random_inputs(1)
    assert_close(conv2d(x, x), x.square().sum().view(1, 1, 1, 1))


def test_filter_that_fits_only_with_padding() -> None:
    """Compares the filter with the padded image, not with the original."""
    x, weight = torch.tensor([[[[2.0]]]]), torch.arange(9.0).view(1, 1, 3, 3)
    assert_close(conv2d(x, weight, padding=1), torch.tensor([[[[8.0]]]]))


@pytest.mark.edge
@pytest.mark.parametrize(("height", "width"), [(2, 4), (4, 1)])
def test_filter_too_large(height: int, width: int) -> None:
    """Raises ValueError if the filter is larger than the image."""
    with pytest.raises(ValueError):  # noqa: PT011, any message will do
        conv2d(torch.ones(1, 1, height, width), torch.ones(1, 1, 3, 2))


@pytest.mark.edge
@pytest.mark.parametrize("channels", [1, 3])
def test_other_channels(channels: int) -> None:
    """Raises ValueError if filters and images differ in C."""
    with pytest.raises(ValueError):  # noqa: PT011, any message will do
        conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, channels, 2, 2))


@pytest.mark.edge
def test_large_values() -> None:
    """Stays accurate for values around 1e4."""
    x, weight, _ = random_inputs(dtype=torch.float64)
    assert_close(conv2d(1e4 * x, 1e4 * weight), by_loops(1e4 * x, 1e4 * weight))


@pytest.mark.edge
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float16, 1e-2), (torch.bfloat16, 8e-2), (torch.float64, 1e-9)])
def test_dtype(dtype: torch.dtype, tolerance: float) -> None:
    """Keeps the inputs' dtype."""
    x, weight, bias = random_inputs(dtype=dtype)
    expected = by_loops(x, weight, bias, 2, 1)
    assert_close(conv2d(x, weight, bias, 2, 1), expected, atol=tolerance, rtol=tolerance)


@pytest.mark.edge
def test_not_contiguous() -> None:
    """Accepts images whose channels come last in memory."""
    x, weight, _ = random_inputs()
    apart = x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
    assert_close(conv2d(apart, weight.mT.contiguous().mT, padding=1), by_loops(x, weight, padding=1))


def test_gradients() -> None:
    """Gives images, filters and bias the same gradients as the library."""
    inputs = [t.requires_grad_() for t in random_inputs(dtype=torch.float64)]
    got = torch.autograd.grad(conv2d(*inputs, 2, 1).square().sum(), inputs)
    expected = torch.autograd.grad(torch.nn.functional.conv2d(*inputs, 2, 1).square().sum(), inputs)
    assert_close(got, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.edge
def test_gradients_of_one_pixel_and_no_bias_yet() -> None:
    """Gives gradients to one-pixel filters and to a bias of zeros."""
    torch.manual_seed(5)
    inputs = [torch.randn(1, 2, 4, 5), torch.randn(3, 2, 1, 1), torch.zeros(3)]
    leaves = [t.requires_grad_() for t in inputs]
    got = torch.autograd.grad(conv2d(*leaves, 2).square().sum(), leaves)
    expected = torch.autograd.grad(torch.nn.functional.conv2d(*leaves, 2).square().sum(), leaves)
    assert_close(got, expected, rtol=1e-4, atol=1e-4)


def test_no_loop_over_pixels() -> None:
    """Runs no more lines for a large batch of images than for a small one."""
    small, large = torch.ones(1, 1, 4, 4), torch.ones(4, 2, 12, 12)
    got = lines(conv2d, large, torch.ones(3, 2, 2, 2))
    assert got == lines(conv2d, small, torch.ones(1, 1, 2, 2))


@pytest.mark.edge
def test_inputs_unchanged() -> None:
    """Doesn't modify images, filters or bias."""
    inputs = random_inputs()
    before = tuple(t.clone() for t in inputs)
    conv2d(*inputs, padding=1)
    assert_close(inputs, before, rtol=0, atol=0)
