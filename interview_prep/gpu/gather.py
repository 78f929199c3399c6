"""Collect the facts about this machine, cheapest first: files, the driver library, nvidia-smi, and torch last.

torch takes seconds to import and isn't needed to see that there is no GPU: its version.py says which build it is, and
libcuda says whether the driver finds a GPU. Left out: what any of it means (diagnosis.py).
"""

import ctypes
import importlib.util
import os
import platform
import re
import runpy
import warnings
from dataclasses import replace
from pathlib import Path

from interview_prep.gpu.facts import Facts, TorchGpu
from interview_prep.gpu.nvidia_smi import read_boards

KERNEL_DRIVER = Path("/proc/driver/nvidia/version")
APPLE_PROCESSOR = r"CPU implementer\s*: 0x61"  # Arm's number for Apple; virtual machines on one show it too


def gather_facts() -> Facts:
    """Everything that a diagnosis may be based on. Imports torch only if the driver found a GPU."""
    facts = ask_driver(ask_machine(read_torch_build()))
    boards, error = read_boards()
    facts = replace(facts, boards=boards, smi_error=error)
    has_cuda = facts.cuda_build and facts.driver_library and not facts.cuda_error
    has_mps = facts.torch and facts.system == "Darwin" and facts.apple
    return ask_torch(facts) if has_cuda or facts.hip_build or has_mps else facts


def read_torch_build() -> Facts:
    """Which torch is installed, read from its files without importing it."""
    spec = importlib.util.find_spec("torch")
    if not spec or not spec.origin:
        return Facts(torch=None)
    build = runpy.run_path(str(Path(spec.origin).with_name("version.py")))
    return Facts(torch=build["__version__"], cuda_build=build.get("cuda"), hip_build=build.get("hip"))


def ask_machine(facts: Facts) -> Facts:
    """What files and the environment say: the system, whether this is a container, the kernel's driver."""
    kernel, processor = platform.release().lower(), read_text(Path("/proc/cpuinfo"))
    is_arm = platform.machine() in ("arm64", "aarch64")
    is_mac = platform.system() == "Darwin"
    driver = re.search(r"\b\d{3}\.\d+(\.\d+)?\b", read_text(KERNEL_DRIVER))
    return replace(
        facts,
        system=platform.system(),
        apple=is_arm and (is_mac or "linuxkit" in kernel or bool(re.search(APPLE_PROCESSOR, processor))),
        container=in_any_container(),
        wsl="microsoft" in kernel,
        wsl_gpu=Path("/dev/dxg").exists(),
        visible_devices=os.environ.get("CUDA_VISIBLE_DEVICES"),
        runtime_devices=os.environ.get("NVIDIA_VISIBLE_DEVICES"),
        driver=driver[0] if driver else None,
        device_files=tuple(sorted(str(path) for path in Path("/dev").glob("nvidia[0-9]*"))),
    )


def in_any_container() -> bool:
    """Whether this is a container, the kit's or another.

    Docker and Podman each leave a file, the kit's images set one variable and Kubernetes another.
    """
    has_file = Path("/.dockerenv").exists() or Path("/run/.containerenv").exists()
    return has_file or os.environ.get("PREP_CONTAINER") == "1" or "KUBERNETES_SERVICE_HOST" in os.environ


def read_text(path: Path) -> str:
    """A file's text, or "" if it can't be read."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def ask_driver(facts: Facts) -> Facts:
    """What libcuda's cuInit returns, and which CUDA the driver supports; makes no context on a GPU."""
    try:
        library = ctypes.CDLL("nvcuda.dll" if facts.system == "Windows" else "libcuda.so.1")
        version = ctypes.c_int()
        succeeded = library.cuDriverGetVersion(ctypes.byref(version)) == 0
        code = library.cuInit(0)
    except (OSError, AttributeError):  # no library, or a stub without these functions
        return facts
    supported = (version.value // 1000, version.value % 1000 // 10) if succeeded else None
    return replace(facts, driver_library=True, cuda_driver=supported, cuda_error=error_name(library, code))


def error_name(library: ctypes.CDLL, code: int) -> str:
    """The driver library's name for an error code, CUDA_ERROR_...; "" for success."""
    name = ctypes.c_char_p()
    if code == 0:
        return ""
    if library.cuGetErrorName(code, ctypes.byref(name)) != 0 or not name.value:
        return f"error {code}"
    return name.value.decode()


def ask_torch(facts: Facts) -> Facts:
    """The GPUs that torch can use. Its own warnings are hidden, because a finding says the same, with the fix."""
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if facts.system == "Darwin":
            return replace(facts, torch_error="" if torch.backends.mps.is_available() else "MPS is not available")
        try:
            torch.cuda.init()  # type: ignore[no-untyped-call]  # torch's
            devices = tuple(map(read_device, range(torch.cuda.device_count())))
        except (RuntimeError, AssertionError, torch.cuda.DeferredCudaCallError) as error:
            return replace(facts, torch_error=str(error).strip().partition("\n")[0])
        return replace(facts, devices=devices, architectures=tuple(torch.cuda.get_arch_list()))


def read_device(index: int) -> TorchGpu:
    """One GPU's properties. torch gives clocks in kHz, and not in every version."""
    import torch

    properties = torch.cuda.get_device_properties(index)
    free, memory = torch.cuda.mem_get_info(index)
    return TorchGpu(
        name=properties.name,
        capability=(properties.major, properties.minor),
        memory=memory,
        free=free,
        multiprocessors=properties.multi_processor_count,
        uuid=str(getattr(properties, "uuid", "")),
        clock=getattr(properties, "clock_rate", 0) * 1e3,
        memory_clock=getattr(properties, "memory_clock_rate", 0) * 1e3,
        memory_bus=getattr(properties, "memory_bus_width", 0),
        cache=getattr(properties, "L2_cache_size", 0),
    )
