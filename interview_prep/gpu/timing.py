"""Time a call on a device: warm up, then take the median of several samples by the device's own clock.

A GPU keeps working after the call has returned, so the host's clock would only time the queueing. Short calls are
repeated within a sample, so that an event's half microsecond doesn't matter. On the CPU, a call that returns is done.
"""

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

WARM_UP = 0.1  # seconds in which libraries choose their kernels and clocks rise
SAMPLE = 0.01  # seconds that one sample takes at least


@dataclass(frozen=True)
class Timing:
    """Seconds per call, and the range of the samples as a share of the median."""

    seconds: float
    spread: float


def time_calls(work: Callable[[], object], device: torch.device, *, seconds: float = 0.3) -> Timing:
    """The median of 3 to 15 samples, as many as fit into `seconds`."""
    warm_up(work, device)
    single = max(measure_elapsed(work, device, 1), 1e-7)
    calls = min(max(math.ceil(SAMPLE / single), 1), 2000)
    count = min(max(int(seconds / (single * calls)), 3), 15)
    samples = [measure_elapsed(work, device, calls) / calls for _ in range(count)]
    median = statistics.median(samples)
    return Timing(median, (max(samples) - min(samples)) / median)


def warm_up(work: Callable[[], object], device: torch.device) -> None:
    end = time.perf_counter() + WARM_UP
    while time.perf_counter() < end:
        work()
        synchronize(device)


def measure_elapsed(work: Callable[[], object], device: torch.device, calls: int) -> float:
    """Seconds that this many calls take together, by the device's clock."""
    if device.type != "cuda":
        begin = time.perf_counter()
        for _ in range(calls):
            work()
        return max(time.perf_counter() - begin, 1e-9)
    first, last = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]  # torch's
    first.record()
    for _ in range(calls):
        work()
    last.record()
    last.synchronize()
    return max(float(first.elapsed_time(last)) / 1e3, 1e-9)  # elapsed_time is in milliseconds


def synchronize(device: torch.device) -> None:
    """Wait until the device has finished everything that is queued."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
