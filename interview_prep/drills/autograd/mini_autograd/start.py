"""A scalar that remembers how it was computed, and sends gradients back."""


class Value:
    """A number in a graph: `data` is its value, `grad` the sum of the gradients from all calls of backward."""

    def __init__(self, data: float) -> None:
        self.data = data
        self.grad = 0.0
        raise NotImplementedError

    def __add__(self, other: "Value | float") -> "Value":
        raise NotImplementedError

    def __mul__(self, other: "Value | float") -> "Value":
        raise NotImplementedError

    def __pow__(self, exponent: float) -> "Value":
        raise NotImplementedError

    def tanh(self) -> "Value":
        raise NotImplementedError

    def relu(self) -> "Value":
        raise NotImplementedError

    def backward(self) -> None:
        """Add d self / d v to v.grad, for self and every value v that it was computed from."""
        raise NotImplementedError

    # and __neg__, __sub__, __truediv__; __radd__, __rmul__, __rsub__, __rtruediv__ for a number on the left
