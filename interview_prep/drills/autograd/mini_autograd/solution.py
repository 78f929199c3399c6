"""A scalar that remembers how it was computed, and sends gradients back. No tensors, no in-place operations."""

import math


class Value:
    """A number in a graph: `data` is its value, `grad` the sum of the gradients from all calls of backward."""

    def __init__(self, data: float, inputs: "tuple[tuple[Value, float], ...]" = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.inputs = inputs  # each with the derivative of this value with respect to it

    def __add__(self, other: "Value | float") -> "Value":
        other = value_of(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other: "Value | float") -> "Value":
        other = value_of(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, exponent: float) -> "Value":
        slope = exponent * self.data ** (exponent - 1) if exponent else 0.0  # 0 ** -1 would raise
        return Value(self.data**exponent, ((self, slope),))

    def tanh(self) -> "Value":
        t = math.tanh(self.data)
        return Value(t, ((self, 1 - t * t),))

    def relu(self) -> "Value":
        return Value(max(self.data, 0.0), ((self, float(self.data > 0)),))

    def __neg__(self) -> "Value":
        return self * -1

    def __sub__(self, other: "Value | float") -> "Value":
        return self + -other

    def __rsub__(self, other: float) -> "Value":
        return -self + other

    def __truediv__(self, other: "Value | float") -> "Value":
        return self * value_of(other) ** -1

    def __rtruediv__(self, other: float) -> "Value":
        return self**-1 * other

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self) -> None:
        """Add d self / d v to v.grad, for self and every value v that it was computed from."""
        gradients = {self: 1.0}  # of this call only: what an earlier call left in grad must not be passed on
        for value in reversed(in_order(self)):
            for each, slope in value.inputs:
                gradients[each] = gradients.get(each, 0.0) + slope * gradients[value]
        for value, gradient in gradients.items():
            value.grad += gradient


def value_of(number: "Value | float") -> Value:
    return number if isinstance(number, Value) else Value(number)


def in_order(root: Value) -> list[Value]:
    """Every value in the graph once, each after its inputs. With a stack, because Python's recursion is limited."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        value, inputs_done = stack.pop()
        if inputs_done:
            order.append(value)
        elif value not in seen:
            seen.add(value)
            stack.append((value, True))
            stack.extend((each, False) for each, _ in value.inputs)
    return order
