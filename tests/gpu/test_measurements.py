"""The measurements on the CPU with tiny sizes: they run, they notice wrong results, and failures are reported.

Left out: whether the figures of a GPU are right, for which it takes a GPU.
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
def be_quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Warm up briefly, in one thread."""
    monkeypatch.setattr(timing, "WARM_UP", 0.001)
    monkeypatch.setattr(timing, "SAMPLE", 0.001)
    with threadpool_limits(1):
        yield


def test_all_measurements_run_and_are_right_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a value and an error within its tolerance, or says that a backend isn't available."""
    monkeypatch.setattr(training, "measure_compilation", lambda *_: Measurement("torch.compile, first call", 1.0, "s"))
    measured = list(measure.run_measurements(CPU, TINY, (9, 0)))
    assert len(measured) == 18
    absent = {one.name for one in measured if one.skip_reason}
    assert absent == {"attention, efficient", "attention, cudnn"}
    assert [one for one in measured if one.is_wrong or one.failed] == []
    assert all(one.value > 0 for one in measured if not one.skip_reason)


def test_matmul_precision_is_restored() -> None:
    """TF32 is set for one measurement only."""
    matmul.measure_product("tf32", 128, CPU)
    assert torch.get_float32_matmul_precision() == "highest"


def test_older_hardware_skips_newer_formats() -> None:
    """A T4 has no bf16, TF32 or fp8; it would emulate them."""
    names = [name for name, _ in measure.plan_measurements(CPU, TINY, (7, 5))]
    assert [name for name in names if any(form in name for form in ("bf16", "tf32", "fp8"))] == []
    assert "matrix product, fp16" in names


@pytest.mark.parametrize("tile", [(0, 0), (200, 130), (255, 255)])
def test_wrong_tile_of_a_product_is_noticed(tile: tuple[int, int]) -> None:
    """Wherever it is; here the 128 x 128 tile around an entry is doubled."""
    a, b = torch.randn(2, 256, 256)
    c = a @ b
    assert matmul.product_error(a, b, c) < 1e-5
    row, column = (place // 128 * 128 for place in tile)
    c[row : row + 128, column : column + 128] *= 2
    assert matmul.product_error(a, b, c) > 1e-2


@pytest.mark.parametrize("name", matmul.FORMATS)
def test_tolerance_allows_rounding_but_not_a_coarser_format(name: str) -> None:
    """Right results are well within it; results of inputs rounded to fp8 are not."""
    measured = matmul.measure_product(name, 256, CPU)
    assert measured.error is not None
    assert measured.error < measured.tolerance / 3
    if name != "fp8":
        a, b = torch.randn(2, 256, 256)
        coarse = a.to(torch.float8_e4m3fn).float() @ b.to(torch.float8_e4m3fn).float()
        assert matmul.product_error(a, b, coarse) > measured.tolerance


def test_nan_counts_as_wrong() -> None:
    """Comparing it with any tolerance is false."""
    assert Measurement("product", error=float("nan"), tolerance=1.0).is_wrong


def test_single_wrong_byte_is_noticed() -> None:
    """Copies don't round."""
    sent = transfers.random_bytes(64, CPU)
    got = sent.clone()
    assert transfers.copy_error(got, sent) == 0
    got[3] ^= 1
    assert transfers.copy_error(got, sent) == 1


def test_wrong_gradient_is_noticed() -> None:
    """One layer's gradient is doubled, as a broken kernel might do."""
    model = training.make_transformer(TINY.shape)
    tokens = torch.randint(TINY.shape.vocabulary, (1, 8))
    assert training.gradient_error(model, tokens, mixed=False) < 1e-4
    model.zero_grad()
    doubled = next(model.parameters())
    doubled.register_hook(lambda grad: 2 * grad)  # type: ignore[no-untyped-call]  # torch's
    assert training.gradient_error(model, tokens, mixed=False) > 1e-3


def test_attention_without_causal_mask_is_noticed() -> None:
    """It differs from the formula."""
    q, k, v = torch.randn(3, 16, 8)
    attend = torch.nn.functional.scaled_dot_product_attention
    assert training.attention_error(q, k, v, attend(q, k, v, is_causal=True)) < 1e-5
    assert training.attention_error(q, k, v, attend(q, k, v)) > 0.1


def test_time_is_that_of_one_call() -> None:
    """Not that of a sample, and without the warm-up."""
    measured = timing.time_calls(partial(time.sleep, 0.004), CPU, seconds=0.05)
    assert 0.004 <= measured.seconds < 0.02


def raise_error(error: Exception) -> Measurement:
    raise error


@pytest.mark.parametrize(
    ("error", "missing", "failed"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), "not enough free memory", False),
        (RuntimeError("CUDA error: an illegal memory access\nmore"), "CUDA error: an illegal memory access", True),
    ],
)
def test_failing_measurement_has_its_reason(error: Exception, missing: str, failed: bool) -> None:
    """Too little memory is not the device's fault; a CUDA error is."""
    measured = measure.run_measurement("product", partial(raise_error, error), CPU)
    assert (measured.skip_reason, measured.failed) == (missing, failed)


def test_measurements_after_the_time_limit_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them says so."""
    monkeypatch.setattr(training, "measure_compilation", lambda *_: Measurement("torch.compile, first call"))
    missing = {one.skip_reason for one in measure.run_measurements(CPU, TINY, (9, 0), limit=0)}
    assert missing == {"out of time", ""}


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
def test_compilation_has_a_time_or_a_reason(
    answer: object, missing: str, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the process that compiles prints, returns or takes."""

    def run(*_: object, **__: object) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(subprocess, "run", run)
    measured = training.measure_compilation(CPU, 3)
    assert (measured.skip_reason, measured.value, measured.is_wrong) == (missing, value, False)


def test_compile_program_compares_its_result(tmp_path: Path) -> None:
    """What it prints, without the compiler, which takes longer than all other tests here."""
    program = training.COMPILE_PROGRAM.replace("torch.compile(", "(")
    run = [sys.executable, "-c", program, "cpu"]
    done = subprocess.run(run, capture_output=True, text=True, cwd=tmp_path, check=True)
    took, error = map(float, done.stdout.split())
    assert took > 0
    assert error < 1e-4


def test_nvidia_smi_is_asked_under_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """On an idle GPU neither heat nor power limits show."""
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
