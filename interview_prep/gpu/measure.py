"""Run every measurement on one device within a time limit. One that fails or doesn't fit is reported, not raised.

The same code runs on the CPU, where the tests run it with tiny sizes. It has not been run on a GPU yet: its figures
there, the time it takes and the tolerances of fp8 and cuDNN are unproven.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import torch

from interview_prep.gpu import matmul, training, transfers
from interview_prep.gpu.facts import Measurement, SmiGpu
from interview_prep.gpu.nvidia_smi import read_boards
from interview_prep.gpu.timing import synchronize

TIME_LIMIT = 18.0  # seconds; together with nvidia-smi under load, everything takes 20
Step = tuple[str, Callable[[], Measurement]]


@dataclass(frozen=True)
class Sizes:
    """How much work there is: enough to fill a large GPU, or little enough for a test."""

    matrix: int = 8192
    copied: int = 2**29  # bytes copied within the device: four times the largest cache
    moved: int = 2**28  # bytes moved between host and device
    shape: training.Shape = field(default_factory=training.Shape)
    heads: int = 16
    length: int = 2048  # of the sequence that attention runs on
    load: float = 1.0  # seconds of matrix products before nvidia-smi is asked


SMALL_MEMORY = Sizes(matrix=4096, copied=2**28, moved=2**27, length=1024)  # below 4 GB free


def plan_measurements(device: torch.device, sizes: Sizes, capability: tuple[int, int]) -> Iterator[Step]:
    """Every measurement that suits the hardware, the most informative first."""
    for name, number_format in matmul.FORMATS.items():
        if capability >= number_format.since:
            yield matmul.product_label(name), partial(matmul.measure_product, name, sizes.matrix, device)
    yield "memory bandwidth", partial(transfers.measure_bandwidth, sizes.copied, device)
    for pinned in (True, False):
        for to_device in (True, False):
            kind = {"to_device": to_device, "pinned": pinned}
            yield transfers.transfer_label(**kind), partial(transfers.measure_transfer, sizes.moved, device, **kind)
    yield "launch of an operation", partial(transfers.measure_launch, device)
    for mixed in (False, True) if capability >= (8, 0) else (False,):
        step = partial(training.measure_training_step, sizes.shape, device, mixed=mixed)
        yield training.step_label(mixed=mixed), step
    for backend in training.BACKENDS:
        step = partial(training.measure_attention, backend, sizes.heads, sizes.length, device)
        yield training.attention_label(backend), step


def run_measurements(
    device: torch.device, sizes: Sizes, capability: tuple[int, int], limit: float = TIME_LIMIT
) -> Iterator[Measurement]:
    """Yield each measurement when it is done; torch.compile gets the time that is left."""
    begin = time.monotonic()
    torch.manual_seed(0)
    for name, step in plan_measurements(device, sizes, capability):
        is_late = time.monotonic() - begin > 0.9 * limit
        yield Measurement(name, skip_reason="out of time") if is_late else run_measurement(name, step, device)
    left = begin + limit - time.monotonic()
    yield run_measurement("torch.compile, first call", partial(training.measure_compilation, device, left), device)


def run_measurement(name: str, step: Callable[[], Measurement], device: torch.device) -> Measurement:
    """The measurement, or the reason why there is none; once a device has failed, the remaining ones fail too."""
    try:
        if device.type == "cuda":
            torch.cuda.empty_cache()
        return step()
    except torch.OutOfMemoryError:
        return Measurement(name, skip_reason="not enough free memory")
    except (RuntimeError, NotImplementedError) as error:
        return Measurement(name, skip_reason=str(error).strip().partition("\n")[0][:200], failed=True)


def read_boards_under_load(device: torch.device, sizes: Sizes) -> tuple[SmiGpu, ...]:
    """What nvidia-smi says while the device is busy, when heat, power and clocks show; () if the device fails."""
    ask_at, answer = time.monotonic() + sizes.load, None
    with ThreadPoolExecutor(1) as executor, contextlib.suppress(RuntimeError):
        a = torch.randn(sizes.matrix, sizes.matrix, device=device).half()
        while answer is None or not answer.done():
            for _ in range(8):
                a @ a
            synchronize(device)
            if answer is None and time.monotonic() > ask_at:
                answer = executor.submit(read_boards)
    return answer.result()[0] if answer else ()
