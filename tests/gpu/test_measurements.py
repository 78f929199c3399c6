"""The measurements' code on the CPU with tiny sizes: it runs, its checks see wrong results, failures are said.

What this cannot prove: that the figures of a GPU are right. No GPU was at hand.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import torch
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no types

from interview_prep.gpu import matmul, measure, timing, training, transfers
from interview_prep.gpu.facts import Measurement, SmiGpu

CPU = torch.device("cpu")
TINY = measure.Sizes(128, 4096, 4096, training.Shape(2, 8, 64, 1, 32), 2, 32, 0.01)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Little warm-up and one thread."""
    monkeypatch.setattr(timing, "WARM_UP", 0.001)
    monkeypatch.setattr(timing, "SAMPLE", 0.001)
    with threadpool_limits(1):
        yield


def test_everything_is_measured_and_right_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step gives a value within its tolerance of float64, or says that a backend is not to be had."""
    monkeypatch.setattr(training, "measure_compilation", lambda *_: Measurement("torch.compile, first call", 1.0, "s"))
    measured = list(measure.run_measurements(CPU, TINY, (9, 0)))
    assert len(measured) == 18
    absent = {one.name for one in measured if one.skip_reason}
    assert absent == {"attention, efficient", "attention, cudnn"}
    assert [one for one in measured if one.is_wrong or one.failed] == []
    assert all(one.value > 0 for one in measured if not one.skip_reason)


def test_the_precision_of_products_is_put_back() -> None:
    """TF32 is asked for one measurement alone."""
    matmul.measure_product("tf32", 128, CPU)
    assert torch.get_float32_matmul_precision() == "highest"


def test_older_hardware_is_not_asked_for_what_it_has_not() -> None:
    """A T4 has no bf16, TF32 or fp8; it would emulate them."""
    names = [name for name, _ in measure.plan_measurements(CPU, TINY, (7, 5))]
    assert [name for name in names if any(form in name for form in ("bf16", "tf32", "fp8"))] == []
    assert "matrix product, fp16" in names


@pytest.mark.parametrize("tile", [(0, 0), (200, 130), (255, 255)])
def test_a_wrong_tile_of_a_product_is_seen(tile: tuple[int, int]) -> None:
    """Wherever in the result it lies; here the whole tile of 128 x 128 around an entry is doubled."""
    a, b = torch.randn(2, 256, 256)
    c = a @ b
    assert matmul.product_error(a, b, c) < 1e-5
    row, column = (place // 128 * 128 for place in tile)
    c[row : row + 128, column : column + 128] *= 2
    assert matmul.product_error(a, b, c) > 1e-2


@pytest.mark.parametrize("name", matmul.FORMATS)
def test_the_tolerances_lie_between_rounding_and_the_next_coarser_format(name: str) -> None:
    """Right results are well within; of inputs rounded to fp8 where 16 bits are due, they are not."""
    measured = matmul.measure_product(name, 256, CPU)
    assert measured.error is not None
    assert measured.error < measured.tolerance / 3
    if name != "fp8":
        a, b = torch.randn(2, 256, 256)
        coarse = a.to(torch.float8_e4m3fn).float() @ b.to(torch.float8_e4m3fn).float()
        assert matmul.product_error(a, b, coarse) > measured.tolerance


def test_nan_is_wrong() -> None:
    """It compares as false with any tolerance."""
    assert Measurement("product", error=float("nan"), tolerance=1.0).is_wrong


def test_a_byte_that_differs_is_seen() -> None:
    """Copies have no rounding."""
    sent = transfers.random_bytes(64, CPU)
    got = sent.clone()
    assert transfers.copy_error(got, sent) == 0
    got[3] ^= 1
    assert transfers.copy_error(got, sent) == 1


def test_a_wrong_gradient_is_seen() -> None:
    """One layer's gradient doubled, as a broken kernel might leave it."""
    model = training.make_transformer(TINY.shape)
    tokens = torch.randint(TINY.shape.vocabulary, (1, 8))
    assert training.gradient_error(model, tokens, mixed=False) < 1e-4
    model.zero_grad()
    doubled = next(model.parameters())
    doubled.register_hook(lambda grad: 2 * grad)  # type: ignore[no-untyped-call]  # torch's
    assert training.gradient_error(model, tokens, mixed=False) > 1e-3


def test_attention_that_sees_the_future_is_seen() -> None:
    """Against the formula, causal mask and all."""
    q, k, v = torch.randn(3, 16, 8)
    attend = torch.nn.functional.scaled_dot_product_attention
    assert training.attention_error(q, k, v, attend(q, k, v, is_causal=True)) < 1e-5
    assert training.attention_error(q, k, v, attend(q, k, v)) > 0.1


def test_time_is_the_time_of_one_call() -> None:
    """Many calls to a sample, the median of the samples, nothing of the warm-up."""
    measured = timing.time_calls(partial(time.sleep, 0.004), CPU, seconds=0.05)
    assert 0.004 <= measured.seconds < 0.02


def fails(error: Exception) -> Measurement:
    raise error


@pytest.mark.parametrize(
    ("error", "missing", "failed"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), "not enough free memory", False),
        (RuntimeError("CUDA error: an illegal memory access\nmore"), "CUDA error: an illegal memory access", True),
    ],
)
def test_a_measurement_that_fails_says_so(error: Exception, missing: str, failed: bool) -> None:
    """Too little memory is no fault of the device; an error of CUDA is."""
    measured = measure.run_measurement("product", partial(fails, error), CPU)
    assert (measured.skip_reason, measured.failed) == (missing, failed)


def test_when_the_time_is_up_the_rest_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """And said of each."""
    monkeypatch.setattr(training, "measure_compilation", lambda *_: Measurement("torch.compile, first call"))
    missing = {one.skip_reason for one in measure.run_measurements(CPU, TINY, (9, 0), limit=0)}
    assert missing == {"the time was up", ""}


@pytest.mark.parametrize(
    ("answer", "missing", "value"),
    [
        (subprocess.CompletedProcess([], 0, "1.5 1e-07\n", ""), "", 1.5),
        (
            subprocess.CompletedProcess(
                [], 1, "", "Traceback\n  x\nRuntimeError: Failed to find C compiler.\n\nhint\n"
            ),
            "does not work: RuntimeError: Failed to find C compiler.",
            0.0,
        ),
        (subprocess.TimeoutExpired("python", 3), "not ready after 3 s", 0.0),
    ],
)
def test_compilation_works_or_says_why_not(
    answer: object, missing: str, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process of its own, so that it can be ended."""

    def run(*_: object, **__: object) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(subprocess, "run", run)
    measured = training.measure_compilation(CPU, 3)
    assert (measured.skip_reason, measured.value, measured.is_wrong) == (missing, value, False)


def test_the_program_that_compiles_is_right(tmp_path: Path) -> None:
    """What it prints, without the compiler, which takes longer than all the other tests."""
    program = training.COMPILE_PROGRAM.replace("torch.compile(", "(")
    run = [sys.executable, "-c", program, "cpu"]
    done = subprocess.run(run, capture_output=True, text=True, cwd=tmp_path, check=True)
    took, error = map(float, done.stdout.split())
    assert took > 0
    assert error < 1e-4


def test_boards_are_asked_while_the_device_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked when it rests shows nothing of heat and power."""
    products_done: list[int] = []
    wait = timing.synchronize

    def counted(device: torch.device) -> None:
        products_done.append(1)
        wait(device)

    def asked() -> tuple[tuple[SmiGpu, ...], str]:
        before = len(products_done)
        time.sleep(0.05)
        return (SmiGpu(f"{len(products_done) > before}", "", 0, 0),), ""

    monkeypatch.setattr(measure, "synchronize", counted)
    monkeypatch.setattr(measure, "read_boards", asked)
    (board,) = measure.read_boards_under_load(CPU, TINY)
    assert board.name == "True"
