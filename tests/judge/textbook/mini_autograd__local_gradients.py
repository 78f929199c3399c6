"""Each value holds its parents with local derivatives; backward accumulates into a dict over an iterative sort."""

import math


class Value:
    def __init__(self, data: float, parents: tuple = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.parents = parents  # (value, local derivative)

    @staticmethod
    def wrap(x: "Value | float") -> "Value":
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other: "Value | float") -> "Value":
        other = Value.wrap(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    __radd__ = __add__

    def __mul__(self, other: "Value | float") -> "Value":
        other = Value.wrap(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    __rmul__ = __mul__

    def __pow__(self, exponent: float) -> "Value":
        return Value(self.data**exponent, ((self, exponent * self.data ** (exponent - 1)),))

    def __neg__(self) -> "Value":
        return self * -1.0

    def __sub__(self, other: "Value | float") -> "Value":
        return self + -Value.wrap(other)

    def __rsub__(self, other: float) -> "Value":
        return Value.wrap(other) + -self

    def __truediv__(self, other: "Value | float") -> "Value":
        return self * Value.wrap(other) ** -1

    def __rtruediv__(self, other: float) -> "Value":
        return Value.wrap(other) * self**-1

    def tanh(self) -> "Value":
        t = math.tanh(self.data)
        return Value(t, ((self, 1 - t * t),))

    def relu(self) -> "Value":
        return Value(max(self.data, 0.0), ((self, float(self.data > 0)),))

    def backward(self) -> None:
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack.append((v, True))
                stack.extend((p, False) for p, _ in v.parents)
        grads = {id(self): 1.0}
        for v in reversed(order):
            g = grads[id(v)]
            v.grad += g
            for p, local in v.parents:
                grads[id(p)] = grads.get(id(p), 0.0) + g * local
