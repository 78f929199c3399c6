"""What an answer can replace, and that the detector says so: each kind once, in a fork."""

import json
import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.testing  # the judge's process has imported it as well
import pandas as pd
import pytest
import torch

from interview_prep.judge import guard, run_checks  # what the detector finds of the judge itself
from interview_prep.judge.tampering import (
    CLOSED_CLASSES,
    FROZEN_CLASS_MODULES,
    FROZEN_MODULES,
    NO_SUBCLASSES,
    TamperDetector,
    is_watched,
    list_own_classes,
)
from tests.support.forked import run_in_fork


def find_after(tamper: Callable[[], object]) -> str:
    """What a new detector finds after something was done."""

    def run() -> str:
        detector = TamperDetector()
        tamper()
        return detector.find_tampering()

    found = run_in_fork(run)
    assert isinstance(found, str), found
    return found


def fake(*_: object, **__: object) -> bool:
    return True


def frozen_methods() -> Iterator[tuple[type, str]]:
    """A method of a class in each module whose classes are frozen."""
    for name in FROZEN_CLASS_MODULES:
        for kind in list_own_classes(sys.modules[name]):
            methods = [
                method for method, value in vars(kind).items() if callable(value) and is_watched((method, value))
            ]
            if methods and not issubclass(kind, tuple):
                yield kind, methods[-1]
                break


def test_no_tampering_is_found_after_nothing() -> None:
    """Using the libraries, seeding, another default dtype and pickling replace nothing."""

    def use() -> None:
        torch.manual_seed(1)
        torch.set_default_dtype(torch.float64)
        pickle.dumps(torch.ones(2))
        np.random.default_rng(1).random(3)

    assert find_after(use) == ""


@pytest.mark.parametrize("name", FROZEN_MODULES)
def test_replaced_function_is_found(name: str) -> None:
    """In each frozen module, also where the new function is the same kind of thing."""
    functions = [
        key for key, value in vars(sys.modules[name]).items() if callable(value) and not isinstance(value, type)
    ]
    function = next(key for key in functions if not key.startswith("_") and key not in {"all", "map", "vars", "next"})
    assert find_after(lambda: setattr(sys.modules[name], function, fake)) == f"It replaces {name}.{function}."


@pytest.mark.parametrize(("kind", "method"), list(frozen_methods()))
def test_replaced_method_is_found(kind: type, method: str) -> None:
    """In a class of each module of pytest, pluggy and torch.testing whose classes are frozen."""
    assert find_after(lambda: setattr(kind, method, fake)) == f"It replaces {kind.__name__}.{method}."


def test_replaced_part_of_the_judge_is_found() -> None:
    """The judge's own functions and methods are watched, in whichever module they are."""
    assert find_after(lambda: setattr(guard.Guard, "refuse", fake)) == "It replaces Guard.refuse."
    found = find_after(lambda: setattr(run_checks, "bind_answer", fake))
    assert found == "It replaces interview_prep.judge.run_checks.bind_answer."


def test_replaced_module_is_found() -> None:
    """Another module under the name of a frozen one."""
    fake_json = ModuleType("json")
    assert find_after(lambda: sys.modules.update(json=fake_json)) == "It replaces the module json."


def test_deleted_function_is_found() -> None:
    """To take away is to replace."""
    assert find_after(lambda: delattr(json, "dumps")) == "It replaces json.dumps."


@pytest.mark.parametrize(("module", "name"), CLOSED_CLASSES)
def test_new_method_of_a_closed_class_is_found(module: str, name: str) -> None:
    """An `__eq__` that a tensor or a data frame did not have would decide comparisons."""
    kind = getattr(sys.modules[module], name)
    assert find_after(lambda: type.__setattr__(kind, "__own__", fake)) == f"It gives {name} another __own__."


@pytest.mark.parametrize(("module", "name"), NO_SUBCLASSES)
def test_subclass_of_a_compared_value_is_found(module: str, name: str) -> None:
    """A kind of number or array of the answer's own would decide itself what it equals; one of a library may exist."""
    base = getattr(sys.modules[module], name)
    sentence = f"It defines a kind of {name}, Right, which would decide how it's compared."
    assert find_after(lambda: keep_class(type("Right", (base,), {"__module__": "answer"}))) == sentence
    assert find_after(lambda: keep_class(type("Right", (base,), {"__module__": "library"}))) == ""


def keep_class(kind: type) -> None:
    """Classes that nobody refers to are gone before they are looked for."""
    vars(sys.modules[__name__])["kept_class"] = kind


def test_change_of_the_checks_module_is_found() -> None:
    """All that the module of the checks holds is watched, data as well."""

    def run() -> str:
        checks = ModuleType("test_answer")
        vars(checks).update(EXPECTED=[1, 2])
        detector = TamperDetector()
        detector.watch_module(checks)
        vars(checks).update(EXPECTED=[1, 2])  # equal, but another list
        return detector.find_tampering()

    assert run_in_fork(run) == "It replaces test_answer.EXPECTED."


def test_accepted_replacements_are_not_tampering() -> None:
    """What the judge replaces itself, a tripwire for one, is no fault of the answer; a second change is."""

    def run() -> tuple[str, str]:
        detector = TamperDetector()
        vars(json)["dumps"] = fake
        type.__setattr__(pd.DataFrame, "own_method", fake)
        detector.accept_replacements([(json, "dumps"), (pd.DataFrame, "own_method")])
        accepted = detector.find_tampering()
        vars(json)["dumps"] = Path
        return accepted, detector.find_tampering()

    assert run_in_fork(run) == ("", "It replaces json.dumps.")
