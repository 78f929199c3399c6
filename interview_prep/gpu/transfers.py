"""Time copies within the device's memory, transfers between it and the host, and the launch of a tiny operation.

What is copied is far larger than any cache, and what arrives is compared with what was sent, bit by bit.
"""

import torch

from interview_prep.gpu.facts import Measurement
from interview_prep.gpu.timing import time_calls


def random_bytes(count: int, device: torch.device) -> torch.Tensor:
    return torch.randint(256, (count,), dtype=torch.uint8, device=device)


def copy_error(got: torch.Tensor, expected: torch.Tensor) -> float:
    """0 if two tensors are equal, else 1: copies don't round."""
    return 0.0 if torch.equal(got, expected) else 1.0


def measure_bandwidth(count: int, device: torch.device) -> Measurement:
    """GB/s of a copy within the device; each byte counts twice, as it is read and written."""
    source = random_bytes(count, device)
    target = torch.zeros_like(source)
    timing = time_calls(lambda: target.copy_(source), device)
    error = copy_error(target.cpu(), source.cpu())
    return Measurement("memory bandwidth", 2 * count / timing.seconds / 1e9, "GB/s", "bandwidth", timing.spread, error)


def measure_transfer(count: int, device: torch.device, *, to_device: bool, pinned: bool) -> Measurement:
    """GB/s between host and device, with pinned memory, which the device reads and writes itself, or without."""
    on_device = random_bytes(count, device)  # made there, as the host would take seconds
    expected, pin = on_device.cpu(), pinned and device.type == "cuda"
    on_host = expected.pin_memory() if pin else expected
    received = torch.empty_like(on_host, pin_memory=pin)
    source, target = (on_host, torch.zeros_like(on_device)) if to_device else (on_device, received)
    timing = time_calls(lambda: target.copy_(source, non_blocking=pinned), device, seconds=0.2)
    return Measurement(
        transfer_label(to_device=to_device, pinned=pinned),
        count / timing.seconds / 1e9,
        "GB/s",
        spread=timing.spread,
        error=copy_error(target.cpu(), expected),
    )


def transfer_label(*, to_device: bool, pinned: bool) -> str:
    return f"{'host to device' if to_device else 'device to host'}, {'pinned' if pinned else 'pageable'}"


def measure_launch(device: torch.device) -> Measurement:
    """Microseconds per call of an operation with almost no work: the cost of torch, the driver and the launch.

    The operation counts, so that a call that never ran shows.
    """
    counter, calls = torch.zeros((), dtype=torch.int64, device=device), 0

    def count_call() -> None:
        nonlocal calls
        calls += 1
        counter.add_(1)

    timing = time_calls(count_call, device, seconds=0.1)
    error = float(counter.item() != calls)
    return Measurement("launch of an operation", timing.seconds * 1e6, "µs", spread=timing.spread, error=error)
