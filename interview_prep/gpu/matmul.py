"""Matrix products in each number format: how fast they are, and whether each 128 x 128 tile agrees with float64."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from interview_prep.gpu.facts import Measurement
from interview_prep.gpu.timing import time_calls

TILE = 128


@dataclass(frozen=True)
class Format:
    """A number format: how to ask torch for it, which compute capability introduced it, how much it may round."""

    dtype: torch.dtype
    since: tuple[int, int]  # compute capability
    tolerance: float  # for the largest error, in standard deviations of an entry
    precision: str = "highest"  # torch.set_float32_matmul_precision; "high" is TF32


FORMATS = {
    "fp32": Format(torch.float32, (0, 0), 1e-4),
    "tf32": Format(torch.float32, (8, 0), 1e-2, "high"),
    "bf16": Format(torch.bfloat16, (8, 0), 3e-2),
    "fp16": Format(torch.float16, (7, 0), 1e-2),
    # Hopper keeps its fast sums in about 14 bits, which is an error of a few hundredths here.
    "fp8": Format(torch.float8_e4m3fn, (8, 9), 0.15),
}


def measure_product(name: str, size: int, device: torch.device) -> Measurement:
    """TFLOP/s of one (size, size) product of random matrices; 2 size^3 operations."""
    number_format, precision_before = FORMATS[name], torch.get_float32_matmul_precision()
    a, b = (torch.randn(size, size, device=device).to(number_format.dtype) for _ in range(2))  # (size, size)
    torch.set_float32_matmul_precision(number_format.precision)
    try:
        multiply = make_product(a, b)
        error = product_error(a, b, multiply())
        timing = time_calls(multiply, device)
    finally:
        torch.set_float32_matmul_precision(precision_before)
    rate = 2 * size**3 / timing.seconds / 1e12
    return Measurement(product_label(name), rate, "TFLOP/s", name, timing.spread, error, number_format.tolerance)


def product_label(name: str) -> str:
    return f"matrix product, {name}"


def make_product(a: torch.Tensor, b: torch.Tensor) -> Callable[[], torch.Tensor]:
    """The call that is timed. fp8 has its own call, with scales of 1 and the second matrix stored by columns."""
    if a.dtype != torch.float8_e4m3fn:
        return lambda: a @ b
    one, columns = torch.ones((), device=a.device), b.t().contiguous().t()
    return lambda: torch._scaled_mm(  # noqa: SLF001 - before torch 2.10 there is no public name for it
        a, columns, one, one, out_dtype=torch.bfloat16, use_fast_accum=True
    )


def product_error(a: torch.Tensor, b: torch.Tensor, c: torch.Tensor) -> float:
    """The largest error of c = a @ b, in standard deviations of an entry; one random row and column per tile."""
    size = a.shape[0]
    starts = torch.arange(0, size, min(TILE, size))
    rows, columns = ((starts + torch.randint(min(TILE, size), starts.shape)).clamp(max=size - 1) for _ in range(2))
    rows, columns = rows.to(a.device), columns.to(a.device)
    expected = a.float()[rows].cpu().double() @ b.float()[:, columns].cpu().double()  # (tiles, tiles)
    got = c[rows][:, columns].cpu().double()
    return float((got - expected).abs().max() / size**0.5)
