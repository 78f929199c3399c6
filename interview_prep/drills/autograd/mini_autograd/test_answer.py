"""Values and gradients against plain floats and finite differences of the same functions."""

import math
import random
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from answer import Value


def tanh(v: Any) -> Any:
    return math.tanh(v) if isinstance(v, float) else v.tanh()


def relu(v: Any) -> Any:
    return max(v, 0.0) if isinstance(v, float) else v.relu()


def results(f: Callable[..., Any], *numbers: float) -> list[float]:
    """The value of f and its gradients by Value."""
    inputs = [Value(number) for number in numbers]
    output = f(*inputs)
    output.backward()
    return [output.data, *(each.grad for each in inputs)]


def by_differences(f: Callable[..., float], *numbers: float) -> list[float]:
    """The value of f and its gradients, with floats, one input at a time."""
    slopes = []
    for i in range(len(numbers)):
        up, down = list(numbers), list(numbers)
        up[i] += 1e-5
        down[i] -= 1e-5
        slopes.append((f(*up) - f(*down)) / 2e-5)
    return pytest.approx([f(*numbers), *slopes], rel=1e-6, abs=1e-8)


def program(seed: int) -> Callable[..., Any]:
    """A random function of two numbers that uses its intermediate values again and again."""

    def run(a: Any, b: Any) -> Any:
        draw = random.Random(seed)  # noqa: S311, no secret
        values = [a, b]
        for _ in range(12):
            v, w = draw.choice(values), draw.choice(values)
            values.append(draw.choice([tanh(v + w), v * tanh(w), v - w, relu(v) + w, tanh(v) / 2, tanh(v) ** 2]))
        return sum(values)

    return run


class TooLong(BaseException):
    """None of the answer's own handlers catches it."""


def lines_of_backward(doublings: int, limit: int) -> int:
    """How many lines one backward runs. It is stopped at the limit."""
    v = Value(1.0)
    for _ in range(doublings):
        v = v + v
    lines = 0

    def count(_: FrameType, event: str, __: object) -> Any:
        nonlocal lines
        lines += event == "line"
        if lines == limit:
            raise TooLong
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        v.backward()
    except TooLong:
        pass
    finally:
        sys.settrace(before)
    return lines


def test_example() -> None:
    """Matches the value and the gradients in the task."""
    a, b = Value(3.0), Value(-1.0)
    c = a * b
    d = (c + 4 * a).relu() * a
    d.backward()
    assert [d.data, a.grad, b.grad, c.grad, d.grad] == pytest.approx([27.0, 18.0, 9.0, 3.0, 1.0])


def test_before_backward() -> None:
    """Starts with a gradient of 0, in leaves and results."""
    a = Value(3.0)
    assert [a.data, a.grad, (a * 2).grad] == [3.0, 0.0, 0.0]


def test_add() -> None:
    """Adds two values, or a value and a number on either side."""
    got = results(lambda a, b: 2 + a + b + 3.5, 1.5, -0.5)
    assert got == by_differences(lambda a, b: 2 + a + b + 3.5, 1.5, -0.5)


def test_multiply() -> None:
    """Multiplies two values, or a value and a number on either side."""
    got = results(lambda a, b: 3 * a * b * 0.5, 1.5, -0.7)
    assert got == by_differences(lambda a, b: 3 * a * b * 0.5, 1.5, -0.7)


@pytest.mark.parametrize("k", [3, 2.5, 1, -2])
def test_power(k: float) -> None:
    """Raises a value to a power that is a plain number."""
    assert results(lambda a: a**k, 1.7) == by_differences(lambda a: a**k, 1.7)


def test_power_of_negative() -> None:
    """Raises a negative number to a whole power."""
    assert results(lambda a: a**3, -2.0) == pytest.approx([-8.0, 12.0])


@pytest.mark.edge
@pytest.mark.parametrize("x", [0.0, -2.0])
def test_power_of_zero(x: float) -> None:
    """Gives 1 with a gradient of 0 for the exponent 0, even at 0."""
    assert results(lambda a: a**0 + a, x) == pytest.approx([x + 1, 1.0])


def test_negate_and_subtract() -> None:
    """Negates a value, and subtracts two in the right order."""
    assert results(lambda a, b: -a - b * 2, 1.5, -0.7) == by_differences(lambda a, b: -a - b * 2, 1.5, -0.7)


def test_subtract_number() -> None:
    """Subtracts a number from a value."""
    assert results(lambda a: a - 5, 1.5) == pytest.approx([-3.5, 1.0])


def test_subtract_from_number() -> None:
    """Subtracts a value from a number."""
    assert results(lambda a: 5 - a, 1.5) == pytest.approx([3.5, -1.0])


def test_divide() -> None:
    """Divides two values in the right order."""
    assert results(lambda a, b: a / b, 1.5, -0.7) == by_differences(lambda a, b: a / b, 1.5, -0.7)


def test_divide_by_number() -> None:
    """Divides a value by a number."""
    assert results(lambda a: a / 4, 1.5) == pytest.approx([0.375, 0.25])


def test_divide_number() -> None:
    """Divides a number by a value."""
    assert results(lambda a: 4 / a, -2.0) == pytest.approx([-2.0, -1.0])


def test_tanh() -> None:
    """Gives tanh and a slope computed from the result, not from the input."""
    assert results(tanh, 0.6) == by_differences(tanh, 0.6)


@pytest.mark.edge
@pytest.mark.parametrize("x", [1e4, -1e4])
def test_tanh_far_out(x: float) -> None:
    """Gives 1 or -1 with a slope of 0 at 1e4 and -1e4."""
    assert results(tanh, x) == pytest.approx([math.copysign(1, x), 0.0])


@pytest.mark.parametrize(("x", "expected"), [(2.5, [7.5, 3.0]), (-2.5, [0.0, 0.0]), (0.0, [0.0, 0.0])])
def test_relu(x: float, expected: list[float]) -> None:
    """Passes values above 0, with a slope of 0 at exactly 0."""
    assert results(lambda a: a.relu() * 3, x) == pytest.approx(expected)


def test_relu_and_negative_gradients() -> None:
    """Looks at ReLU's input, not at the gradient that comes back."""
    assert results(lambda a, b: a.relu() * b, 2.0, -3.0) == pytest.approx([-6.0, -3.0, 2.0])


def test_sum_of_list() -> None:
    """Works in Python's sum, which starts with 0."""
    assert results(lambda a, b: sum([a, b, a]), 1.0, 2.0) == pytest.approx([4.0, 2.0, 1.0])


def test_added_to_itself() -> None:
    """Counts both uses in a + a."""
    assert results(lambda a: a + a, 3.0) == pytest.approx([6.0, 2.0])


def test_times_itself() -> None:
    """Counts both uses in a * a * a."""
    assert results(lambda a: a * a * a, 3.0) == pytest.approx([27.0, 27.0])


def test_divided_by_itself() -> None:
    """Counts both uses in a / a."""
    assert results(lambda a: a / a, 4.0) == pytest.approx([1.0, 0.0])


@pytest.mark.parametrize("turned", [False, True])
def test_short_and_long_way(turned: bool) -> None:
    """Waits for the longest path from a value before passing its gradient on."""

    def f(a: Any) -> Any:
        c = a * a
        long = ((c + 1) * 2 + c) * c
        return c + long if turned else long + c

    assert results(f, 0.5) == by_differences(f, 0.5)


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_random_program(seed: int) -> None:
    """Agrees with finite differences on a random function."""
    f = program(seed)
    assert results(f, 0.8, -0.3) == by_differences(f, 0.8, -0.3)


def test_intermediate_gradients() -> None:
    """Sends gradients to intermediate values that are used twice."""
    a = Value(2.0)
    b = a * 3
    c = b * b + b
    c.backward()
    assert [c.grad, b.grad, a.grad] == pytest.approx([1.0, 13.0, 39.0])


def test_backward_in_the_middle() -> None:
    """Starts with 1 at the value you call it on, and leaves its users alone."""
    a = Value(2.0)
    b = a * a
    c = b * 5
    b.backward()
    assert [a.grad, b.grad, c.grad] == pytest.approx([4.0, 1.0, 0.0])


def test_unused_value() -> None:
    """Leaves the gradient of a value that doesn't matter at 0."""
    assert results(lambda a, b: a * 2 + 0 * b, 1.0, 5.0) == pytest.approx([2.0, 2.0, 0.0])


def test_two_losses_of_a_leaf() -> None:
    """Adds the gradients of a second loss to those of the first."""
    a = Value(3.0)
    (a * 2).backward()
    (a * a).backward()
    assert a.grad == pytest.approx(8.0)


@pytest.mark.edge
def test_two_losses_of_an_intermediate_value() -> None:
    """Passes on only the second loss's gradient, not what the first one left."""
    a = Value(2.0)
    h = a * 5
    (h + 1).backward()
    (h * 3).backward()
    assert [h.grad, a.grad] == pytest.approx([4.0, 20.0])


@pytest.mark.edge
def test_backward_twice() -> None:
    """Leaves twice the gradients after two calls."""
    a = Value(2.0)
    b = a * 3
    c = b * b
    c.backward()
    c.backward()
    assert [c.grad, b.grad, a.grad] == pytest.approx([2.0, 24.0, 72.0])


@pytest.mark.edge
def test_result_used_after_backward() -> None:
    """Goes back through a value that has already been through backward."""
    a = Value(2.0)
    b = a * a
    b.backward()
    (b * 3).backward()
    assert [b.grad, a.grad] == pytest.approx([4.0, 16.0])


def test_gradient_set_to_zero() -> None:
    """Starts over for a leaf whose gradient you set to 0."""
    a = Value(2.0)
    (a * a).backward()
    a.grad = 0.0
    (a * 7).backward()
    assert a.grad == pytest.approx(7.0)


def test_descent() -> None:
    """Finds a minimum by gradient descent."""
    a = Value(0.0)
    for _ in range(30):
        loss = (a - 3) ** 2
        a.grad = 0.0
        loss.backward()
        a.data -= 0.25 * a.grad
    assert a.data == pytest.approx(3.0)


@pytest.mark.edge
def test_operands_unchanged() -> None:
    """Leaves operands unchanged, also for += and *=."""
    a, b = Value(2.0), Value(3.0)
    c = a
    c += b
    c *= b
    assert [a.data, b.data, c.data] == pytest.approx([2.0, 3.0, 15.0])


@pytest.mark.edge
def test_long_chain() -> None:
    """Goes back through 3000 operations."""
    a = Value(0.5)
    v = a
    for _ in range(3000):
        v = v + a
    v.backward()
    assert a.grad == pytest.approx(3001.0)


def test_doublings() -> None:
    """Goes back through 18 doublings in 18 steps, not along all 2**18 paths."""
    assert lines_of_backward(18, limit=4000) < 4000
