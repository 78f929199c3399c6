"""Honest time of a call on a device: events on the device's own clock, warm-up first, the median of several samples.

A GPU works after the call has returned: a host's clock around the call times its queueing. Short calls are queued
many to a sample, so that an event's half microsecond does not matter. On the CPU a call is over when it returns.
"""

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

WARM_UP = 0.1  # seconds: libraries choose their kernels, clocks rise
SAMPLE = 0.01  # seconds that one sample lasts at least


@dataclass(frozen=True)
class Timing:
    """Seconds a call, and how far the samples lie apart as a share of them."""

    seconds: float
    spread: float


def time_calls(work: Callable[[], object], device: torch.device, *, seconds: float = 0.3) -> Timing:
    """The median of 3 to 15 samples, as many as fit into `seconds`."""
    warm_up(work, device)
    one = max(measure_elapsed(work, device, 1), 1e-7)
    calls = min(max(math.ceil(SAMPLE / one), 1), 2000)
    count = min(max(int(seconds / (one * calls)), 3), 15)
    samples = [measure_elapsed(work, device, calls) / calls for _ in range(count)]
    median = statistics.median(samples)
    return Timing(median, (max(samples) - min(samples)) / median)


def warm_up(work: Callable[[], object], device: torch.device) -> None:
    until = time.perf_counter() + WARM_UP
    while time.perf_counter() < until:
        work()
        synchronize(device)


def measure_elapsed(work: Callable[[], object], device: torch.device, calls: int) -> float:
    """Seconds that so many calls take together, by the device's clock."""
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
    return max(float(first.elapsed_time(last)) / 1e3, 1e-9)  # it is milliseconds


def synchronize(device: torch.device) -> None:
    """Wait until the device has done what is queued."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
