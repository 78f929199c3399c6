"""Test patterns worth typing in an interview, on four small functions. No mocks, and no plugin except hypothesis."""

import math
import os
import random
import tempfile

import numpy as np
import pytest
import torch

# Without this, hypothesis creates a folder in the directory where pytest was started.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", f"{tempfile.gettempdir()}/hypothesis")


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """Softmax over `dim`; subtracting the maximum keeps exp from overflowing."""
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


def f1(predicted: list[int], actual: list[int]) -> float:
    """F1 of class 1; 0.0 if there are no positives, predicted or actual."""
    true_positives = sum(p == a == 1 for p, a in zip(predicted, actual, strict=True))
    total = sum(predicted) + sum(actual)
    return 2 * true_positives / total if total else 0.0


def shuffled(items: list[int], seed: int) -> list[int]:
    """A shuffled copy. The same seed gives the same order."""
    return random.Random(seed).sample(items, len(items))


def device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


# A fixture: what several tests start from, created fresh for each.
@pytest.fixture
def logits() -> torch.Tensor:
    return torch.randn(4, 5, generator=torch.Generator().manual_seed(0))  # (B, C)


# One behavior per test, and the name says which.
def test_softmax_sums_to_one(logits):
    torch.testing.assert_close(softmax(logits).sum(-1), torch.ones(4))


# Several cases of one behavior: each becomes a separate test with a readable id.
@pytest.mark.parametrize(
    ("predicted", "actual", "expected"),
    [
        pytest.param([1, 0, 1], [1, 0, 1], 1.0, id="all correct"),
        pytest.param([1, 1, 0], [1, 0, 1], 0.5, id="one of two"),
        pytest.param([0, 0], [0, 0], 0.0, id="no positives"),
    ],
)
def test_f1(predicted, actual, expected):
    assert f1(predicted, actual) == pytest.approx(expected)


# Compare with a slow, obvious spec, not just with the library.
def test_softmax_matches_the_definition(logits):
    slow = [[math.exp(v) / sum(math.exp(w) for w in row) for v in row] for row in logits.tolist()]
    torch.testing.assert_close(softmax(logits), torch.tensor(slow))


# Invariance: what must not change when the input changes.
def test_softmax_ignores_a_constant(logits):
    torch.testing.assert_close(softmax(logits + 100.0), softmax(logits))


# The edge case that breaks the naive version: exp(1000) is inf, and inf / inf is nan.
def test_softmax_survives_large_inputs():
    assert softmax(torch.tensor([1000.0, 0.0])).tolist() == [1.0, 0.0]


# The other dimension catches a hard-coded dim=-1.
def test_softmax_over_the_first_dimension(logits):
    torch.testing.assert_close(softmax(logits, dim=0), softmax(logits.T).T)


# Tolerances: relative for large values, absolute near zero. Say which one you need.
def test_float32_sums_differ_in_the_last_digits():
    values = np.full(1000, 0.1, dtype=np.float32)
    one_by_one = np.float32(0)
    for value in values:
        one_by_one += value
    assert one_by_one != values.sum()
    np.testing.assert_allclose(one_by_one, values.sum(), rtol=1e-5)


# Check gradients against finite differences in float64: float32 has too few digits.
def test_softmax_has_the_right_gradient(logits):
    assert torch.autograd.gradcheck(softmax, logits.double().requires_grad_())


# Errors are behavior too; `match` says which error.
def test_f1_refuses_lists_of_different_length():
    with pytest.raises(ValueError, match="longer than"):
        f1([1], [1, 0])


# Determinism: the same seed gives the same order, and another seed gives another.
def test_a_seed_decides_the_order():
    items = list(range(20))
    assert shuffled(items, 1) == shuffled(items, 1)
    assert shuffled(items, 1) != shuffled(items, 2)
    assert items == list(range(20))  # the input is left alone


# Properties: hypothesis searches for an input that breaks the claim, then shrinks it.
# importorskip: if an optional package is missing, the test is skipped and says why.
def test_f1_is_symmetric_and_between_zero_and_one():
    hypothesis = pytest.importorskip("hypothesis")
    st = hypothesis.strategies

    @hypothesis.given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1))
    @hypothesis.settings(max_examples=50, deadline=None, database=None, derandomize=True)  # the same 50 every time
    def holds(pairs):
        predicted, actual = (list(column) for column in zip(*pairs, strict=True))
        assert 0 <= f1(predicted, actual) <= 1
        assert f1(predicted, actual) == f1(actual, predicted)

    holds()


# Built-in fixtures: a temporary folder, and the captured output.
def test_a_checkpoint_loads_the_same_weights(tmp_path, capsys):
    layer = torch.nn.Linear(3, 2)
    torch.save(layer.state_dict(), tmp_path / "layer.pt")
    print("saved")
    assert capsys.readouterr().out == "saved\n"
    loaded = torch.load(tmp_path / "layer.pt", weights_only=True)
    assert all(torch.equal(loaded[name], value) for name, value in layer.state_dict().items())


# monkeypatch: for one test, pretend to be on a different machine.
@pytest.mark.parametrize(("available", "expected"), [(True, "cuda"), (False, "cpu")])
def test_the_device_follows_the_machine(monkeypatch, available, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: available)
    assert device() == expected


# Marks: a skip says what's missing; a strict xfail fails as soon as the bug is fixed.
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_softmax_is_the_same_on_the_gpu(logits):
    torch.testing.assert_close(softmax(logits.cuda()).cpu(), softmax(logits))


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="-inf minus -inf is NaN")
def test_softmax_of_a_fully_masked_row():
    assert not softmax(torch.full((2,), float("-inf"))).isnan().any()
