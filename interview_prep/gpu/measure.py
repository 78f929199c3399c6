"""All measurements on one device within a time limit, each by itself: what fails or does not fit is said, not raised.

The same code runs on the CPU, where the tests run it with tiny sizes. Never yet run on a GPU: its figures, the time
that it takes there and the tolerances of fp8 and cuDNN are unproven.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import torch

from interview_prep.gpu import matmul, training, transfers
from interview_prep.gpu.facts import SmiGpu
from interview_prep.gpu.measurement import Measurement
from interview_prep.gpu.nvidia_smi import read_boards
from interview_prep.gpu.timing import synchronize

LIMIT = 18.0  # seconds; with the boards asked under load it is 20 for everything
Step = tuple[str, Callable[[], Measurement]]


@dataclass(frozen=True)
class Sizes:
    """How much work there is: enough to fill a large GPU, or little enough for a test."""

    matrix: int = 8192
    copied: int = 2**29  # bytes: four times the largest cache
    moved: int = 2**28  # bytes between host and device
    shape: training.Shape = field(default_factory=training.Shape)
    heads: int = 16
    length: int = 2048  # of attention
    load: float = 1.0  # seconds of products while nvidia-smi is asked


SMALL_MEMORY = Sizes(matrix=4096, copied=2**28, moved=2**27, length=1024)  # below 4 GB free


def plan_measurements(device: torch.device, sizes: Sizes, capability: tuple[int, int]) -> Iterator[Step]:
    """What is measured, the most telling first."""
    for name, form in matmul.FORMATS.items():
        if capability >= form.since:
            yield matmul.product_label(name), partial(matmul.measure_product, name, sizes.matrix, device)
    yield "memory bandwidth", partial(transfers.measure_bandwidth, sizes.copied, device)
    for pinned in (True, False):
        for to_device in (True, False):
            way = {"to_device": to_device, "pinned": pinned}
            yield transfers.transfer_label(**way), partial(transfers.measure_transfer, sizes.moved, device, **way)
    yield "launch of an operation", partial(transfers.measure_launch, device)
    for mixed in (False, True) if capability >= (8, 0) else (False,):
        step = partial(training.measure_training_step, sizes.shape, device, mixed=mixed)
        yield training.step_label(mixed=mixed), step
    for backend in training.BACKENDS:
        step = partial(training.measure_attention, backend, sizes.heads, sizes.length, device)
        yield training.attention_label(backend), step


def run_measurements(
    device: torch.device, sizes: Sizes, capability: tuple[int, int], limit: float = LIMIT
) -> Iterator[Measurement]:
    """Each measurement as it is known; torch.compile gets what is left of the time."""
    begin = time.monotonic()
    torch.manual_seed(0)
    for name, step in plan_measurements(device, sizes, capability):
        late = time.monotonic() - begin > 0.9 * limit
        yield Measurement(name, skip_reason="the time was up") if late else run_measurement(name, step, device)
    left = begin + limit - time.monotonic()
    yield run_measurement("torch.compile, first call", partial(training.measure_compilation, device, left), device)


def run_measurement(name: str, step: Callable[[], Measurement], device: torch.device) -> Measurement:
    """The measurement, or why there is none; after an error of the device, each further one says so."""
    try:
        if device.type == "cuda":
            torch.cuda.empty_cache()
        return step()
    except torch.OutOfMemoryError:
        return Measurement(name, skip_reason="not enough free memory")
    except (RuntimeError, NotImplementedError) as error:
        return Measurement(name, skip_reason=str(error).strip().partition("\n")[0][:200], failed=True)


def read_boards_under_load(device: torch.device, sizes: Sizes) -> tuple[SmiGpu, ...]:
    """What nvidia-smi says while the device multiplies: heat, power and clocks show only then. () if that fails."""
    until, answer = time.monotonic() + sizes.load, None
    with ThreadPoolExecutor(1) as asking, contextlib.suppress(RuntimeError):
        a = torch.randn(sizes.matrix, sizes.matrix, device=device).half()
        while answer is None or not answer.done():
            for _ in range(8):
                a @ a
            synchronize(device)
            if answer is None and time.monotonic() > until:
                answer = asking.submit(read_boards)
    return answer.result()[0] if answer else ()
