"""From facts to findings: why torch cannot use a GPU here, or what keeps one from working as it should.

Without a usable GPU there is one finding: the first cause in the order in which a person would mend them. With one
there are as many as there are matters. Pure functions; the speeds are judged in speeds.py.
"""

from collections.abc import Iterator

from interview_prep.gpu import boards
from interview_prep.gpu.driver import blocks, built, numbers, why_unusable
from interview_prep.gpu.facts import Facts, Finding

OLDEST_TORCH = (2, 6)
CPU_IMAGE = "With an NVIDIA GPU: `docker compose up lab-cuda`. Without one: everything here runs on the CPU."


def findings(facts: Facts) -> list[Finding]:
    """One reason why there is no GPU to use; or what is to be said of those that there are."""
    reason = no_torch(facts) or (None if usable(facts) else no_gpu(facts))
    return [reason] if reason else [*unsupported(facts), *boards.remarks(facts), *unseen(facts)]


def usable(facts: Facts) -> bool:
    """Does torch have a GPU: CUDA's, AMD's, or Apple's outside a container?"""
    return bool(facts.devices) or (facts.system == "Darwin" and facts.apple and not facts.torch_error)


def no_torch(facts: Facts) -> Finding | None:
    if facts.torch is None:
        return blocks(
            "torch is not installed", "this Python has no package torch", "`./prep gpu-check`, or `pip install torch`."
        )
    if numbers(facts.torch)[:2] < OLDEST_TORCH:
        return blocks("This torch is too old for this check", f"torch {facts.torch}", "`pip install 'torch>=2.6'`.")
    return None


def no_gpu(facts: Facts) -> Finding:
    """The one reason, most particular first."""
    if facts.apple and facts.system == "Linux" and facts.container:
        mend = 'Go on with the CPU; Apple\'s GPU is reached without Docker only: `./prep lab` on macOS, device "mps".'
        return blocks("A Linux container on Apple silicon has no GPU", built(facts), mend)
    if facts.cuda_build is None and facts.hip_build is None:
        return cpu_build(facts)
    if facts.visible_devices is not None and hidden(facts):
        evidence = f"CUDA_VISIBLE_DEVICES={facts.visible_devices!r}"
        return blocks("The GPU is hidden from this process", evidence, "`unset CUDA_VISIBLE_DEVICES`.")
    return why_unusable(facts)


def cpu_build(facts: Facts) -> Finding:
    there = facts.boards[0].name if facts.boards else f"NVIDIA driver {facts.driver}" if facts.driver else ""
    evidence = f"torch {facts.torch}, {there} is here" if there else f"torch {facts.torch}"
    return blocks("This torch is a CPU build", evidence, CPU_IMAGE)


def hidden(facts: Facts) -> bool:
    """Does CUDA_VISIBLE_DEVICES keep away what the driver has?"""
    none_named = (facts.visible_devices or "").strip() in ("", "-1")
    undivided = any(not board.mig for board in facts.boards)
    return none_named or (undivided and facts.cuda_error == "CUDA_ERROR_NO_DEVICE")


def unsupported(facts: Facts) -> Iterator[Finding]:
    """Devices for which the wheel has no code."""
    for index, device in enumerate(facts.devices):
        mine = device.capability
        if not facts.cuda_build or not facts.architectures or any(runs(mine, arch) for arch in facts.architectures):
            continue
        known = [numbers(arch) for arch in facts.architectures]
        older = all((10 * mine[0] + mine[1],) < arch for arch in known)
        mend = (
            "Install the torch of the same version that is built for CUDA 12.6: `pip install torch --index-url "
            "https://download.pytorch.org/whl/cu126`."
            if older
            else "Install a newer torch: `pip install --upgrade torch`."
        )
        evidence = f"{device.name} is sm_{mine[0]}{mine[1]}; the wheel has {' '.join(facts.architectures)}"
        yield blocks(f"This torch has no code for GPU {index}", evidence, mend)


def runs(capability: tuple[int, int], architecture: str) -> bool:
    """Machine code (sm_86) runs on its major version from its minor up; intermediate code (compute_90) on any newer."""
    kind, _, digits = architecture.partition("_")
    major, minor = divmod(int(digits.rstrip("af")), 10)
    if digits[-1] in "af":  # for this very architecture, or its family
        return capability[0] == major and capability[1] >= minor
    return capability >= (major, minor) if kind == "compute" else capability[0] == major and capability[1] >= minor


def unseen(facts: Facts) -> Iterator[Finding]:
    """What this check does not know of GPUs that work."""
    if facts.smi_error:
        mend = "Run `nvidia-smi` and mend what it says: heat, power, errors and who holds memory are unknown till then."
        yield Finding("nvidia-smi does not answer", facts.smi_error, mend, blocking=False)
    if facts.system == "Darwin":
        yield Finding("This is Apple's GPU", 'device "mps"', "Not measured here: CUDA alone is.", blocking=False)
    elif facts.hip_build:
        mend = "Compare the figures with its data sheet yourself: none of AMD's is known here."
        yield Finding("This is an AMD GPU", f"ROCm {facts.hip_build}", mend, blocking=False)
