"""The data that the other modules pass around: what is known about the GPUs, what was measured, what is wrong.

Left out: finding it out (gather.py), measuring (measure.py) and judging (diagnosis.py, speeds.py).
"""

from dataclasses import dataclass

Version = tuple[int, ...]


@dataclass(frozen=True)
class GpuProcess:
    """A program that uses GPU memory, as nvidia-smi lists it: inside a container, only the container's own."""

    pid: int
    name: str
    memory: int  # bytes; 0 if the driver does not say


@dataclass(frozen=True)
class SmiGpu:
    """One GPU as nvidia-smi describes it; None for what it does not say."""

    name: str
    uuid: str
    memory: int  # bytes
    free: int  # bytes
    mig: bool = False  # divided into slices
    utilization: int | None = None  # percent, over about the last second
    temperature: int | None = None  # degrees Celsius
    power_limit: float | None = None  # watts, the current setting
    default_power_limit: float | None = None  # watts, the factory setting
    uncorrected_errors: int | None = None  # ECC, since the driver was loaded
    clock_reasons: int = 0  # NVML's bit mask: why the clocks are lowered right now
    link: str = ""  # PCIe generation and lanes in use right now, as in "4 x16"
    failure: str = ""  # what nvidia-smi prints instead of a value, as in "GPU is lost"
    processes: tuple[GpuProcess, ...] = ()


@dataclass(frozen=True)
class TorchGpu:
    """One GPU that this process can use, as torch describes it."""

    name: str
    capability: tuple[int, int]  # major, minor
    memory: int  # bytes
    free: int  # bytes
    multiprocessors: int
    uuid: str = ""  # without nvidia-smi's "GPU-"; "" if this torch does not say
    clock: float = 0.0  # Hz, the highest of the multiprocessors; 0 if unknown
    memory_clock: float = 0.0  # Hz; memory moves two words per cycle
    memory_bus: int = 0  # bits
    cache: int = 0  # bytes of L2


@dataclass(frozen=True)
class Facts:
    """Everything that a diagnosis may be based on."""

    torch: str | None  # its version; None if it is not installed
    cuda_build: str | None = None  # the CUDA version that torch was built for; None: not for CUDA
    hip_build: str | None = None  # the same for AMD's ROCm
    architectures: tuple[str, ...] = ()  # the GPUs that the wheel has code for, as in "sm_90" or "compute_120"
    system: str = "Linux"
    apple: bool = False  # an Apple silicon machine, or a container on one
    container: bool = False
    wsl: bool = False  # the Windows Subsystem for Linux
    wsl_gpu: bool = False  # /dev/dxg, through which WSL reaches Windows' GPU
    visible_devices: str | None = None  # CUDA_VISIBLE_DEVICES
    runtime_devices: str | None = None  # NVIDIA_VISIBLE_DEVICES: the GPUs that the container's runtime was asked for
    driver: str | None = None  # the NVIDIA kernel driver's version
    device_files: tuple[str, ...] = ()  # /dev/nvidia0, ...
    driver_library: bool = False  # libcuda can be loaded
    cuda_driver: Version | None = None  # the newest CUDA that the driver supports
    cuda_error: str = ""  # what cuInit returned, as in "CUDA_ERROR_NO_DEVICE"; "" on success
    torch_error: str = ""  # torch's error when it tried to use the GPU
    smi_error: str = ""  # what nvidia-smi printed instead of its table
    boards: tuple[SmiGpu, ...] = ()
    devices: tuple[TorchGpu, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One thing that was found, its evidence, its fix, and whether it must be fixed. The doctor returns these too."""

    what: str
    evidence: str
    fix: str
    blocking: bool


@dataclass(frozen=True)
class Measurement:
    """One measured quantity: its value, its spread, and how far its result is from float64; or why there is none."""

    name: str
    value: float = 0.0
    unit: str = ""
    limit: str = ""  # the peak that it is compared with, as in "bf16" or "bandwidth"; "" if there is none
    spread: float = 0.0  # between samples, as a share of the value
    error: float | None = None  # the largest relative difference from float64 on the CPU; None if nothing is compared
    tolerance: float = 0.0  # the largest error that rounding explains
    skip_reason: str = ""  # why there is no value
    failed: bool = False  # there is no value because the device or its libraries failed

    @property
    def is_wrong(self) -> bool:
        """Is the result further off than rounding explains? NaN always is."""
        return self.error is not None and not self.error <= self.tolerance
