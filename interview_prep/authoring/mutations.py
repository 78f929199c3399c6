"""Other shapes of what a function gives. lint appends this file to a solution, whose checks must mind.

They easily do not: NumPy's asserts and pytest's approx take one number for an array that is full of it, an empty array
for any number, and a masked one for all.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

CHANGED = "It is reshaped."


class Mutation:
    """The ways; each takes a number, an array or a tensor, and gives it back itself where it has nothing to change."""

    @staticmethod
    def emptied(value: Any) -> Any:
        """Nothing at all."""
        return value.new_empty(0) if isinstance(value, torch.Tensor) else np.zeros(0, np.asarray(value).dtype)

    @staticmethod
    def nested(value: Any) -> Any:
        """The same in another pair of brackets."""
        return value[None] if isinstance(value, torch.Tensor) else np.asarray(value)[None]

    @staticmethod
    def collapsed(value: Any) -> Any:
        """What all entries have in common, where they do."""
        if isinstance(value, torch.Tensor | np.ndarray) and np.ndim(value) and len(value.ravel()):
            one = value.ravel()[0]
            return one if (value == one).all() else value
        return value

    @staticmethod
    def masked(value: Any) -> Any:
        """An array all of whose entries count as missing."""
        return np.ma.masked_array(value, mask=True) if isinstance(value, np.ndarray) else value


def mutate_result(function: Callable[..., Any], change: Callable[[Any], Any]) -> Callable[..., Any]:
    """The function with each number, array and tensor changed in what it gives; prints once that it was."""
    told = False

    def leaves(value: Any) -> Any:
        nonlocal told
        if type(value) in (tuple, list):
            return type(value)(map(leaves, value))
        if type(value) is dict:
            return {name: leaves(each) for name, each in value.items()}
        if not isinstance(value, torch.Tensor | np.ndarray | np.generic | float | int):
            return value
        changed = change(value)
        if changed is not value and not told:
            told = True
            print(CHANGED)
        return changed

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return leaves(function(*args, **kwargs))

    return call
