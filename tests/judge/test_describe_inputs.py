"""The inputs of a call that failed: by their values up to a line, else by shape, dtype and how they were made."""

import sys
from types import FrameType, ModuleType
from typing import Any

import pytest

from interview_prep.judge.call_source import find_call_source
from interview_prep.judge.describe_inputs import WIDTH, describe_inputs

CHECKS = """
import numpy as np
import pandas as pd
import torch
from answer import Value, f

LIMITS = [1.0, 2.5]

def make(*shape):
    return torch.zeros(shape)

def test_all(batch=3, dtype=torch.float16):
    query, key = make(2, 5), torch.tensor([[2.0, 0.0]])
    f(query, key)                                                      # line 14
    small = make(2)
    f(small)                                                           # line 16
    small.add_(1)
    f(small, batch, dtype, LIMITS)                                     # line 18
    ids, frame = np.arange(3) * 1, pd.DataFrame({"a": list(range(40))}).head(30)
    rows = ids + 1
    f(ids, rows, frame)                                                # line 21
    a, hostile = Value(2.0), Value(1e9 * batch)
    h = a * 5
    [h.grad, a.grad, hostile.grad]                                     # line 24
    many = {"w": make(4, 4)}
    f([n for n in LIMITS], many, lambda x: x)                          # line 26
    layers = [Value(n) for n in range(3)]
    text = "a" * 1000
    f(layers, text)                                                    # line 29
    for n in (1, 2):
        f(n)                                                           # line 31
"""


class Value:
    """An answer's class whose every special method raises."""

    def __init__(self, number: float) -> None:
        self.grad = number

    def __mul__(self, _: object) -> "Value":
        return Value(5)

    def __getattr__(self, name: str) -> Any:
        raise SystemExit(name)

    def __repr__(self) -> str:
        raise SystemExit("repr")

    __str__ = __len__ = __iter__ = __bool__ = __repr__


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, str]]:
    """What is said of the inputs at each line of the check, in its own frame."""
    path = tmp_path_factory.mktemp("inputs") / "test_answer.py"
    path.write_text(CHECKS)
    answer, found = ModuleType("answer"), dict[int, dict[str, str]]()
    vars(answer).update(Value=Value, f=lambda *_: None)

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_name == "test_all" and event == "line":
            found[frame.f_lineno] = describe_inputs(frame, find_call_source(str(path), frame.f_lineno))
        return trace if frame.f_code.co_filename == str(path) else None

    namespace: dict[str, Any] = {"__name__": "test_answer"}
    sys.modules["answer"] = answer
    try:
        exec(compile(CHECKS, str(path), "exec"), namespace)
        sys.settrace(trace)
        namespace["test_all"]()
    finally:
        sys.settrace(None)
        del sys.modules["answer"]
    return found


@pytest.mark.parametrize(
    ("line", "inputs"),
    [
        (14, {"query": "tensor([[0., 0., 0., 0., 0.], [0., 0., 0., 0., 0.]])", "key": "torch.tensor([[2.0, 0.0]])"}),
        (16, {"small": "tensor([0., 0.])"}),
        (
            18,
            {"small": "now tensor([1., 1.])", "batch": "3", "dtype": "torch.float16", "LIMITS": "[1.0, 2.5]"},
        ),
        (
            21,
            {
                "ids": "np.arange(3) * 1",
                "rows": "now array([1, 2, 3])",
                "frame": "pd.DataFrame({'a': list(range(40))}).head(30)",
            },
        ),
        (24, {"h": "Value, from a * 5", "a": "Value(2.0)", "hostile": "Value, from Value(1000000000.0 * batch)"}),
        (26, {"LIMITS": "[1.0, 2.5]", "many": "dict of 1, the first: str"}),
        (29, {"layers": "list of 3, the first: Value", "text": "'a' * 1000"}),
        (31, {"n": "2"}),
    ],
)
def test_inputs_are_described_without_running_the_answers_code(
    described: dict[int, dict[str, str]], line: int, inputs: dict[str, str]
) -> None:
    """As the checks spell them out, by values, "now" where they may have changed, or by type and origin."""
    assert described[line] == inputs


def test_no_description_is_longer_than_a_few_lines(described: dict[int, dict[str, str]]) -> None:
    """Whatever the value is."""
    assert max(len(text) for inputs in described.values() for text in inputs.values()) <= 3 * WIDTH
