"""What a machine, its NVIDIA driver and torch say about GPUs: plain data, gathered elsewhere, judged elsewhere."""

from dataclasses import dataclass

Version = tuple[int, ...]


@dataclass(frozen=True)
class GpuProcess:
    """A program that holds memory of a GPU, as nvidia-smi sees it: in a container only those of the container."""

    pid: int
    name: str
    memory: int  # bytes; 0 where the driver does not say


@dataclass(frozen=True)
class SmiGpu:
    """One GPU as nvidia-smi describes it; None where it does not say."""

    name: str
    uuid: str
    memory: int  # bytes
    free: int  # bytes
    mig: bool = False  # divided into slices
    utilization: int | None = None  # percent of the last second or so
    temperature: int | None = None  # degrees Celsius
    power_limit: float | None = None  # watts, as set now
    default_power_limit: float | None = None  # watts, as delivered
    uncorrected_errors: int | None = None  # ECC, since the driver was loaded
    clock_reasons: int = 0  # NVML's bit mask: what holds the clocks down at this moment
    link: str = ""  # PCIe generation and lanes at this moment, as in "4 x16"
    failure: str = ""  # what nvidia-smi says instead of a value, as in "GPU is lost"
    processes: tuple[GpuProcess, ...] = ()


@dataclass(frozen=True)
class TorchGpu:
    """One GPU that this process can use, as torch describes it."""

    name: str
    capability: tuple[int, int]  # major, minor
    memory: int  # bytes
    free: int  # bytes
    multiprocessors: int
    uuid: str = ""  # without nvidia-smi's "GPU-"; "" where this torch does not say
    clock: float = 0.0  # Hz, the highest of the multiprocessors; 0 where unknown
    memory_clock: float = 0.0  # Hz; memory moves two words a cycle
    memory_bus: int = 0  # bits
    cache: int = 0  # bytes of L2


@dataclass(frozen=True)
class Facts:
    """Everything that a diagnosis may rest on."""

    torch: str | None  # its version; None where it is not installed
    cuda_build: str | None = None  # the CUDA version that torch was built for; None: not for CUDA
    hip_build: str | None = None  # the same for AMD's ROCm
    architectures: tuple[str, ...] = ()  # whose code is in the wheel, as in "sm_90" or "compute_120"
    system: str = "Linux"
    apple: bool = False  # an Apple silicon machine, also seen from inside a container on one
    container: bool = False
    wsl: bool = False  # the Windows Subsystem for Linux
    wsl_gpu: bool = False  # /dev/dxg, through which Windows lends its GPU
    visible_devices: str | None = None  # CUDA_VISIBLE_DEVICES
    runtime_devices: str | None = None  # NVIDIA_VISIBLE_DEVICES: what a container's runtime was asked for
    driver: str | None = None  # the NVIDIA kernel driver's version
    device_files: tuple[str, ...] = ()  # /dev/nvidia0, ...
    driver_library: bool = False  # libcuda can be loaded
    cuda_driver: Version | None = None  # the newest CUDA that the driver library serves
    cuda_error: str = ""  # what cuInit answered, as in "CUDA_ERROR_NO_DEVICE"; "" where all went well
    torch_error: str = ""  # what torch said instead of using the GPU
    smi_error: str = ""  # what nvidia-smi said instead of a table
    boards: tuple[SmiGpu, ...] = ()
    devices: tuple[TorchGpu, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What is the matter, what shows it, the fix, and whether it keeps the GPU from being used."""

    what: str
    evidence: str
    fix: str
    blocking: bool
