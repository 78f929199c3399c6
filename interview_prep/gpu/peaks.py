"""How fast a GPU can be: NVIDIA's own figures for the GPUs that candidates meet, and a computed limit for the rest.

Rates are dense (without structured sparsity) and with sums in fp32, as in torch's products. If a data sheet prints only
sparse rates, marked with an asterisk, they are halved here. A figure that a sheet lacks is left out.
"""

import re
from dataclasses import dataclass, field

from interview_prep.gpu.facts import TorchGpu


@dataclass(frozen=True)
class Peaks:
    """The limits of one GPU: TFLOP/s by number format, GB/s of its memory, and where they come from."""

    source: str
    bandwidth: float = 0.0  # GB/s; 0 if unknown
    rates: dict[str, float] = field(default_factory=dict)  # TFLOP/s
    computed: bool = False  # from multiprocessors and clocks, not from a sheet

    def limit_for(self, kind: str) -> float:
        """The limit for a number format such as "bf16", or for "bandwidth"; 0 if there is none."""
        return self.bandwidth if kind == "bandwidth" else self.rates.get(kind, 0.0)


def make_peaks(source: str, bandwidth: float, **rates: float) -> Peaks:
    return Peaks(source, bandwidth, rates)


AMPERE = "NVIDIA Ampere GA102 GPU Architecture, whitepaper, appendix A"
ADA = "NVIDIA Ada GPU Architecture, whitepaper, appendix A"
BLACKWELL = "NVIDIA RTX Blackwell GPU Architecture, whitepaper, appendix A"
TURING = "NVIDIA Turing GPU Architecture, whitepaper, appendix A (Founders Edition)"
V100, A100, H100 = (f"NVIDIA {name} Tensor Core GPU, data sheet" for name in ("V100", "A100", "H100"))
A100_RATES = {"fp32": 19.5, "tf32": 156, "bf16": 312, "fp16": 312}
SXM_RATES = {"fp32": 67, "tf32": 494.5, "bf16": 989.5, "fp16": 989.5, "fp8": 1979}
# The keys are patterns for torch's whole name of a device, without "NVIDIA", "Tesla" or "GeForce" before it.
SHEETS = {
    r"T4": make_peaks("NVIDIA T4 Tensor Core GPU, data sheet", 320, fp32=8.1, fp16=65),
    r"V100-SXM2-(16|32)GB": make_peaks(V100, 900, fp32=15.7, fp16=125),
    r"V100-PCIE-(16|32)GB": make_peaks(V100, 900, fp32=14, fp16=112),
    r"A10": make_peaks("NVIDIA A10 Tensor Core GPU, data sheet", 600, fp32=31.2, tf32=62.5, bf16=125, fp16=125),
    r"A100-(SXM4|PCIE)-40GB": make_peaks(A100, 1555, **A100_RATES),
    r"A100-SXM4-80GB": make_peaks(A100, 2039, **A100_RATES),
    r"A100 80GB PCIe": make_peaks(A100, 1935, **A100_RATES),
    r"L4": make_peaks("NVIDIA L4 Tensor Core GPU, data sheet", 300, fp32=30.3, tf32=60, bf16=121, fp16=121, fp8=242.5),
    r"L40S": make_peaks("NVIDIA L40S, data sheet", 864, fp32=91.6, tf32=183, bf16=362.05, fp16=362.05, fp8=733),
    r"H100 PCIe": make_peaks(H100, 2000, fp32=51, tf32=378, bf16=756.5, fp16=756.5, fp8=1513),
    r"H100 80GB HBM3": make_peaks(H100, 3350, **SXM_RATES),
    r"H200": make_peaks("NVIDIA H200 Tensor Core GPU, data sheet", 4800, **SXM_RATES),
    r"B200": make_peaks(
        "NVIDIA Blackwell (HGX B200), data sheet", 7700, fp32=75, tf32=1100, bf16=2250, fp16=2250, fp8=4500
    ),
    r"RTX 2080": make_peaks(TURING, 448, fp32=10.6, fp16=42.4),
    r"RTX 2080 Ti": make_peaks(TURING, 616, fp32=14.2, fp16=56.9),
    r"RTX 3070": make_peaks(AMPERE, 448, fp32=20.3, tf32=20.3, bf16=40.6, fp16=40.6),
    r"RTX 3080": make_peaks(AMPERE, 760, fp32=29.8, tf32=29.8, bf16=59.5, fp16=59.5),
    r"RTX 3090": make_peaks(AMPERE, 936, fp32=35.6, tf32=35.6, bf16=71, fp16=71),
    r"RTX 4080": make_peaks(ADA, 716.8, fp32=48.7, tf32=48.7, bf16=97.5, fp16=97.5, fp8=194.9),
    r"RTX 4090": make_peaks(ADA, 1008, fp32=82.6, tf32=82.6, bf16=165.2, fp16=165.2, fp8=330.3),
    r"RTX 5080": make_peaks(BLACKWELL, 960, fp32=56.3, tf32=56.3, bf16=112.6, fp16=112.6, fp8=225.1),
    r"RTX 5090": make_peaks(BLACKWELL, 1792, fp32=104.8, tf32=104.8, bf16=209.5, fp16=209.5, fp8=419),
}
# Operations per clock and multiprocessor, a multiply-add counting as two: fp32 on plain units, fp16 on tensor cores.
# From the architectures' whitepapers; GeForce cards have half the tensor rate of their architecture.
FP32_RATES = {(7, 0): 128, (7, 5): 128, (8, 0): 128, (8, 6): 256, (8, 9): 256, (9, 0): 256, (10, 0): 256, (12, 0): 256}
FP16_RATES = {
    (7, 0): 1024,
    (7, 5): 1024,
    (8, 0): 2048,
    (8, 6): 1024,
    (8, 9): 1024,
    (9, 0): 4096,
    (10, 0): 8192,
    (12, 0): 1024,
}


def find_peaks(device: TorchGpu) -> Peaks:
    """The data sheet's limits if the GPU has one in the table, else computed ones; slices (MIG) are always computed."""
    name = re.sub(r"^((NVIDIA|Tesla|GeForce) )+", "", device.name)
    for pattern, sheet in SHEETS.items():
        if re.fullmatch(pattern, name):
            return sheet
    return compute_peaks(device)


def compute_peaks(device: TorchGpu) -> Peaks:
    """Multiprocessors times the highest clock times the rate per clock. Few GPUs hold that clock under load."""
    cycles = device.multiprocessors * device.clock / 1e12
    bandwidth = 2 * device.memory_clock * device.memory_bus / 8 / 1e9
    plain, tensor = FP32_RATES.get(device.capability, 0), FP16_RATES.get(device.capability, 0)
    tensor //= 2 if "GeForce" in device.name else 1
    rates = {"fp32": cycles * plain, "fp16": cycles * tensor}
    if device.capability >= (8, 0):
        rates |= {"tf32": cycles * tensor / 2, "bf16": cycles * tensor}
    if device.capability >= (8, 9):
        rates["fp8"] = cycles * tensor * 2
    return Peaks("computed from multiprocessors and clocks", bandwidth, rates, computed=True)
