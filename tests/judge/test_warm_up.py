"""What a process does before its answer comes leaves nothing that the checks could see."""

import random

import numpy as np
import pytest
import torch

from interview_prep.judge import warm_up


def read_state() -> list[object]:
    """Random numbers and the settings that a drill's checks may rely on."""
    numpy_state = np.random.get_state(legacy=False)  # noqa: NPY002 - the global one is what drills use
    return [
        torch.get_rng_state().tolist(), torch.get_default_dtype(), torch.is_grad_enabled(),
        str(numpy_state), np.geterr(), random.getstate(),
    ]  # fmt: skip


def test_random_numbers_and_settings_stay_as_they_are() -> None:
    """A check that seeds once and compares with fixed numbers gets the same ones."""
    before = read_state()
    warm_up.warm_up()
    assert read_state() == before


def test_both_kinds_of_assert_are_described(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one of them passed by mistake, its account would be paid for by the first failure."""
    errors: list[str] = []
    monkeypatch.setattr(warm_up, "describe_failure", lambda _check, error, *_: errors.append(str(error)))
    warm_up.warm_up()
    assert ["Tensor-likes" in errors[0], "Not equal to tolerance" in errors[1], len(errors)] == [True, True, 2]
