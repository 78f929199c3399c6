"""How fast bytes move: within the device's memory, between it and the host, and how fast small work is queued.

Working sets are far larger than any cache, and what arrives is compared with what was sent, bit by bit.
"""

import torch

from interview_prep.gpu.measurement import Measurement
from interview_prep.gpu.timing import time_calls


def random_bytes(count: int, device: torch.device) -> torch.Tensor:
    return torch.randint(256, (count,), dtype=torch.uint8, device=device)


def differing_share(got: torch.Tensor, due: torch.Tensor) -> float:
    """0 where two tensors are equal, else 1: copies have no rounding."""
    return 0.0 if torch.equal(got, due) else 1.0


def measure_bandwidth(count: int, device: torch.device) -> Measurement:
    """GB/s of a copy within the device; every byte is read once and written once."""
    source = random_bytes(count, device)
    target = torch.zeros_like(source)
    timing = time_calls(lambda: target.copy_(source), device)
    error = differing_share(target.cpu(), source.cpu())
    return Measurement("memory bandwidth", 2 * count / timing.seconds / 1e9, "GB/s", "bandwidth", timing.spread, error)


def measure_transfer(count: int, device: torch.device, *, to_device: bool, pinned: bool) -> Measurement:
    """GB/s between host and device; pinned memory is what the device reads and writes by itself."""
    there = random_bytes(count, device)  # a host takes seconds to make so many
    host = there.cpu()
    kept = host.pin_memory() if pinned and device.type == "cuda" else host
    back = torch.empty_like(kept, pin_memory=pinned and device.type == "cuda")
    source, target = (kept, torch.zeros_like(there)) if to_device else (there, back)
    timing = time_calls(lambda: target.copy_(source, non_blocking=pinned), device, seconds=0.2)
    return Measurement(
        transfer_label(to_device=to_device, pinned=pinned),
        count / timing.seconds / 1e9,
        "GB/s",
        spread=timing.spread,
        error=differing_share(target.cpu(), host),
    )


def transfer_label(*, to_device: bool, pinned: bool) -> str:
    return f"{'host to device' if to_device else 'device to host'}, {'pinned' if pinned else 'pageable'}"


def measure_launch(device: torch.device) -> Measurement:
    """Microseconds a call where the work is nothing: what torch, the driver and the launch cost. Counted, too."""
    counter, calls = torch.zeros((), dtype=torch.int64, device=device), 0

    def work() -> None:
        nonlocal calls
        calls += 1
        counter.add_(1)

    timing = time_calls(work, device, seconds=0.1)
    error = float(counter.item() != calls)
    return Measurement("launch of an operation", timing.seconds * 1e6, "µs", spread=timing.spread, error=error)
