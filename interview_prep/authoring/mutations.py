"""Results of another shape. Lint appends this file to a solution, whose checks must then fail.

Checks easily pass: NumPy's asserts and pytest's approx accept one number for an array that is full of it, an empty
array for any number, and a masked array for everything.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

CHANGED = "A result was mutated."


class Mutation:
    """Each takes a number, an array or a tensor, and returns it changed, or itself where there is nothing to change."""

    @staticmethod
    def emptied(value: Any) -> Any:
        """No entries at all."""
        return value.new_empty(0) if isinstance(value, torch.Tensor) else np.zeros(0, np.asarray(value).dtype)

    @staticmethod
    def nested(value: Any) -> Any:
        """The same with one more axis."""
        return value[None] if isinstance(value, torch.Tensor) else np.asarray(value)[None]

    @staticmethod
    def collapsed(value: Any) -> Any:
        """The single value, if all entries are equal."""
        if isinstance(value, torch.Tensor | np.ndarray) and np.ndim(value) and len(value.ravel()):
            first = value.ravel()[0]
            return first if (value == first).all() else value
        return value

    @staticmethod
    def masked(value: Any) -> Any:
        """An array all of whose entries count as missing."""
        return np.ma.masked_array(value, mask=True) if isinstance(value, np.ndarray) else value


def mutate_result(function: Callable[..., Any], change: Callable[[Any], Any]) -> Callable[..., Any]:
    """Wrap a function so that each number, array and tensor that it returns is changed; says so once, by a print."""
    has_told = False

    def change_all(value: Any) -> Any:
        nonlocal has_told
        if type(value) in (tuple, list):
            return type(value)(map(change_all, value))
        if type(value) is dict:
            return {name: change_all(each) for name, each in value.items()}
        if not isinstance(value, torch.Tensor | np.ndarray | np.generic | float | int):
            return value
        changed = change(value)
        if changed is not value and not has_told:
            has_told = True
            print(CHANGED)
        return changed

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return change_all(function(*args, **kwargs))

    return call
