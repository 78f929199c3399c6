"""Is there a GPU that torch can use, and if not, what to do. First version: no measurements yet.

Facts are gathered from the machine in one place; a pure function turns them into findings.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from invoke.exceptions import Exit

from interview_prep.screen import Screen


@dataclass(frozen=True)
class Facts:
    """What the machine and torch say."""

    torch: str
    cuda_build: str | None  # the CUDA version that torch was built for
    devices: tuple[str, ...]
    driver: str | None  # the NVIDIA kernel driver's version
    in_container: bool
    visible_devices: str | None  # CUDA_VISIBLE_DEVICES
    wrong_result: bool = False


@dataclass(frozen=True)
class Finding:
    """What is the matter, what shows it, the mend, and whether it keeps the GPU from being used."""

    what: str
    evidence: str
    mend: str
    blocking: bool


def show(*, json: bool) -> None:
    """Print the findings, a line each; raises Exit(1) where the GPU cannot be used."""
    screen, facts = Screen(json=json), gather()
    found = findings(facts)
    ready = not any(finding.blocking for finding in found)
    if ready:
        screen.say(f"GPU ready: {', '.join(facts.devices)} (torch {facts.torch}, CUDA {facts.cuda_build}).")
    for finding in found:
        screen.say(f"{finding.what} ({finding.evidence}). {finding.mend}")
    screen.document({"version": 1, "ready": ready, "facts": facts, "findings": found})
    if not ready:
        raise Exit(code=1)


def gather() -> Facts:
    """Ask torch and the driver. Imports torch, which takes a second or two."""
    import torch

    names = tuple(torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count()))
    version = Path("/proc/driver/nvidia/version")
    return Facts(
        torch=torch.__version__,
        cuda_build=torch.version.cuda,
        devices=names,
        driver=version.read_text().splitlines()[0] if version.exists() else None,
        in_container=os.environ.get("PREP_CONTAINER") == "1",
        visible_devices=os.environ.get("CUDA_VISIBLE_DEVICES"),
        wrong_result=bool(names) and not multiplies_right(),
    )


def multiplies_right() -> bool:
    """One matrix product on the GPU against the same in float64 on the CPU."""
    import torch

    a, b = torch.randn(2, 256, 256, dtype=torch.float64).unbind()
    on_gpu = (a.cuda().float() @ b.cuda().float()).cpu().double()  # (256, 256)
    return torch.allclose(on_gpu, a @ b, atol=1e-2)


def findings(facts: Facts) -> list[Finding]:
    """What keeps the GPU from being used; empty when it is ready."""
    if facts.wrong_result:
        mend = "Do not trust this GPU: reboot, and if it stays, use another machine."
        return [
            Finding("The GPU computes wrong results", f"torch {facts.torch} on {facts.devices[0]}", mend, blocking=True)
        ]
    if facts.devices:
        return []
    if facts.cuda_build is None:
        mend = "With an NVIDIA GPU: `docker compose up lab-cuda`. Without one: everything here runs on the CPU."
        return [Finding("This torch is a CPU build", f"torch {facts.torch}", mend, blocking=True)]
    if facts.visible_devices is not None and facts.visible_devices.strip() in ("", "-1"):
        evidence = f"CUDA_VISIBLE_DEVICES={facts.visible_devices!r}"
        return [
            Finding("The GPU is hidden from this process", evidence, "`unset CUDA_VISIBLE_DEVICES`.", blocking=True)
        ]
    evidence = f"torch {facts.torch} with CUDA {facts.cuda_build}, driver: {facts.driver or 'none'}"
    if facts.driver is None and facts.in_container:
        mend = (
            "If the host has one (`nvidia-smi` there), install the NVIDIA Container Toolkit and start with "
            "`docker compose up lab-cuda` or `docker run --gpus all`."
        )
        return [Finding("No GPU in this container", evidence, mend, blocking=True)]
    if facts.driver is None:
        return [Finding("No GPU here", evidence, "Install the NVIDIA driver, or go on with the CPU.", blocking=True)]
    mend = f"Compare `nvidia-smi` with CUDA {facts.cuda_build}: the driver must be at least as new."
    return [Finding("There is a driver, and no GPU that torch can use", evidence, mend, blocking=True)]
