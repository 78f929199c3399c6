"""From facts to findings: why torch can't use a GPU here, or what keeps one from working as it should.

Without a usable GPU there is one finding: the first cause, in the order in which a person would fix them. With a usable
GPU there is one finding for each problem. Pure functions. Left out: speeds, which speeds.py judges.
"""

from collections.abc import Iterator

from interview_prep.gpu import health
from interview_prep.gpu.driver import describe_build, explain_unusable, make_blocking_finding, parse_version
from interview_prep.gpu.facts import Facts, Finding

OLDEST_TORCH = (2, 6)
CPU_IMAGE = "With an NVIDIA GPU: `docker compose up lab-cuda`. Without one: everything here runs on the CPU."
NOT_MEASURED = "You can use it, but this check measures only CUDA GPUs."


def find_problems(facts: Facts) -> list[Finding]:
    """The one reason why there is no usable GPU; or every problem of the GPUs that there are."""
    reason = diagnose_missing_torch(facts) or (None if is_usable(facts) else diagnose_missing_gpu(facts))
    return [reason] if reason else [*find_unsupported(facts), *health.find_warnings(facts), *find_unchecked(facts)]


def is_usable(facts: Facts) -> bool:
    """Does torch have a GPU: NVIDIA's, AMD's, or Apple's outside a container?"""
    return bool(facts.devices) or (facts.system == "Darwin" and facts.apple and not facts.torch_error)


def diagnose_missing_torch(facts: Facts) -> Finding | None:
    if facts.torch is None:
        return make_blocking_finding(
            "torch is not installed", "this Python has no torch package", "`./prep gpu-check`, or `pip install torch`."
        )
    if parse_version(facts.torch)[:2] < OLDEST_TORCH:
        return make_blocking_finding(
            "This torch is too old for this check", f"torch {facts.torch}", "`pip install 'torch>=2.6'`."
        )
    return None


def diagnose_missing_gpu(facts: Facts) -> Finding:
    """The most specific reason that fits."""
    if facts.apple and facts.system == "Linux" and facts.container:
        fix = 'Use the CPU. Apple\'s GPU only works outside Docker: `./prep lab` on macOS, device "mps".'
        return make_blocking_finding("A Linux container on Apple silicon has no GPU", describe_build(facts), fix)
    if facts.cuda_build is None and facts.hip_build is None:
        return diagnose_cpu_build(facts)
    if facts.visible_devices is not None and is_hidden(facts):
        evidence = f"CUDA_VISIBLE_DEVICES={facts.visible_devices!r}"
        return make_blocking_finding("The GPU is hidden from this process", evidence, "`unset CUDA_VISIBLE_DEVICES`.")
    return explain_unusable(facts)


def diagnose_cpu_build(facts: Facts) -> Finding:
    hardware = facts.boards[0].name if facts.boards else f"NVIDIA driver {facts.driver}" if facts.driver else ""
    evidence = f"torch {facts.torch}, but {hardware} is here" if hardware else f"torch {facts.torch}"
    return make_blocking_finding("This torch is a CPU build", evidence, CPU_IMAGE)


def is_hidden(facts: Facts) -> bool:
    """Does CUDA_VISIBLE_DEVICES hide GPUs that the driver has?"""
    selects_none = (facts.visible_devices or "").strip() in ("", "-1")
    undivided = any(not board.mig for board in facts.boards)
    return selects_none or (undivided and facts.cuda_error == "CUDA_ERROR_NO_DEVICE")


def find_unsupported(facts: Facts) -> Iterator[Finding]:
    """GPUs that the installed torch has no code for."""
    for index, device in enumerate(facts.devices):
        major, minor = device.capability
        if not facts.cuda_build or not facts.architectures:
            continue
        if any(supports_architecture(device.capability, architecture) for architecture in facts.architectures):
            continue
        is_older = all((10 * major + minor,) < parse_version(architecture) for architecture in facts.architectures)
        fix = (
            "Install the same version of torch, built for CUDA 12.6: `pip install torch --index-url "
            "https://download.pytorch.org/whl/cu126`."
            if is_older
            else "Install a newer torch: `pip install --upgrade torch`."
        )
        evidence = f"{device.name} is sm_{major}{minor}; the wheel has {' '.join(facts.architectures)}"
        yield make_blocking_finding(f"This torch has no code for GPU {index}", evidence, fix)


def supports_architecture(capability: tuple[int, int], architecture: str) -> bool:
    """Whether code for an architecture runs on a GPU.

    Machine code (sm_86) runs on the same major version from its minor version up; intermediate code (compute_90) runs
    on any newer GPU; code that ends in "a" or "f" is for one architecture or family.
    """
    kind, _, digits = architecture.partition("_")
    major, minor = divmod(int(digits.rstrip("af")), 10)
    if digits[-1] in "af":
        return capability[0] == major and capability[1] >= minor
    return capability >= (major, minor) if kind == "compute" else capability[0] == major and capability[1] >= minor


def find_unchecked(facts: Facts) -> Iterator[Finding]:
    """What this check can't tell about GPUs that work."""
    if facts.smi_error:
        fix = "Run `nvidia-smi` and fix what it reports. Until then, heat, power, errors and memory use are unknown."
        yield Finding("nvidia-smi does not answer", facts.smi_error, fix, blocking=False)
    if facts.system == "Darwin":
        yield Finding("This is Apple's GPU", 'device "mps"', NOT_MEASURED, blocking=False)
    elif facts.hip_build:
        yield Finding("This is an AMD GPU", f"ROCm {facts.hip_build}", NOT_MEASURED, blocking=False)
