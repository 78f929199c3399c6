"""From recorded facts to findings: each reason why there is no GPU, with its evidence and its fix."""

from dataclasses import replace

import pytest

from interview_prep.gpu.diagnosis import find_problems, supports_architecture
from interview_prep.gpu.facts import Facts
from tests.support.gpu_facts import BOARD, READY

NONE = Facts("2.13.0+cu130", cuda_build="13.0")  # the CUDA build, without any driver
CONTAINER = replace(NONE, container=True)
NO_DEVICE = replace(READY, devices=(), boards=(), architectures=(), cuda_error="CUDA_ERROR_NO_DEVICE")
TOO_OLD = replace(NO_DEVICE, driver="535.129.03", cuda_driver=(12, 2), cuda_error="", torch_error="driver too old")
WSL = replace(NONE, wsl=True)


def test_usable_gpu_has_no_finding() -> None:
    """Nothing to fix."""
    assert find_problems(READY) == []


@pytest.mark.parametrize(
    ("facts", "what", "evidence", "fix"),
    [
        (Facts(None), "not installed", "no torch package", "pip install torch"),
        (replace(READY, torch="2.5.1+cu121"), "too old for this check", "2.5.1", "torch>=2.6"),
        (Facts("2.13.0+cpu"), "CPU build", "2.13.0+cpu", "`docker compose up lab-cuda`"),
        (Facts("2.13.0+cpu", driver="580.65.06"), "CPU build", "driver 580.65.06 is here", "lab-cuda"),
        (Facts("2.13.0+cpu", boards=(BOARD,)), "CPU build", "NVIDIA L4 is here", "lab-cuda"),
        (Facts("2.13.0+cpu", apple=True, container=True), "Apple silicon has no GPU", "torch", "`./prep lab` on macOS"),
        (replace(CONTAINER, apple=True), "Apple silicon has no GPU", "torch", 'device "mps"'),
        (NONE, "No GPU here", "CUDA 13.0", "Install the NVIDIA driver"),
        (CONTAINER, "No GPU in this container", "CUDA 13.0", "NVIDIA Container Toolkit"),
        (
            replace(CONTAINER, driver="580.65.06"),
            "not passed into",
            "580.65.06",
            "Start with `docker compose up lab-cuda`",
        ),
        (replace(CONTAINER, runtime_devices="all"), "no NVIDIA runtime", "=all", "nvidia-ctk runtime configure"),
        (
            replace(CONTAINER, device_files=("/dev/nvidia0",)),
            "not its driver library",
            "nvidia0",
            "compute,utility",
        ),
        (replace(NONE, driver="580.65.06"), "without its CUDA library", "580.65.06", "libnvidia-compute"),
        (
            TOO_OLD,
            "driver is too old",
            "CUDA 12.2; torch 2.13.0+cu130 for CUDA 13.0 needs driver 580.65.06",
            "580.65.06 or newer here",
        ),
        (replace(TOO_OLD, cuda_driver=None), "driver is too old", "535.129.03; torch", "580.65.06 or newer"),
        (replace(TOO_OLD, container=True), "driver is too old", "535.129.03", "or newer on the host"),
        (replace(TOO_OLD, wsl=True, driver=None), "driver is too old", "CUDA 12.2", "or newer in Windows"),
        (replace(NO_DEVICE, visible_devices=""), "hidden", "=''", "unset CUDA_VISIBLE_DEVICES"),
        (replace(NO_DEVICE, visible_devices="-1"), "hidden", "='-1'", "unset CUDA_VISIBLE_DEVICES"),
        (replace(NO_DEVICE, visible_devices="7", boards=(BOARD,)), "hidden", "='7'", "unset CUDA_VISIBLE_DEVICES"),
        (replace(NO_DEVICE, boards=(replace(BOARD, mig=True),)), "no slice", "L4", "nvidia-smi mig -cgi"),
        (
            replace(NO_DEVICE, boards=(replace(BOARD, failure="GPU is lost"),)),
            "lost or reports an error",
            "is lost",
            "sudo reboot",
        ),
        (
            replace(NO_DEVICE, smi_error="Unable to determine the device handle for GPU0000:01:00.0: GPU is lost."),
            "lost or reports an error",
            "0000:01",
            "reseat the card",
        ),
        (
            replace(NO_DEVICE, smi_error="Failed to initialize NVML: Driver/library version mismatch"),
            "driver was updated",
            "mismatch",
            "sudo reboot",
        ),
        (
            replace(NO_DEVICE, cuda_error="CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"),
            "driver was updated",
            "MISMATCH",
            "sudo reboot",
        ),
        (
            replace(NO_DEVICE, container=True, smi_error="Failed to initialize NVML: Unknown Error"),
            "container has lost",
            "NVML",
            "restart lab-cuda",
        ),
        (
            replace(NO_DEVICE, cuda_error="CUDA_ERROR_SYSTEM_NOT_READY"),
            "fabric manager",
            "NOT_READY",
            "nvidia-fabricmanager",
        ),
        (replace(NO_DEVICE, driver=None), "kernel module is not loaded", "NO_DEVICE", "sudo modprobe nvidia"),
        (replace(NO_DEVICE, cuda_error="CUDA_ERROR_UNKNOWN"), "no GPU that torch can use", "ERROR_UNKNOWN", "dmesg"),
        (
            WSL,
            "WSL gets no GPU",
            "/dev/dxg is not there",
            "`wsl --update` in Windows, then install NVIDIA's driver in Windows",
        ),
        (replace(WSL, wsl_gpu=True), "WSL gets no GPU", "/dev/dxg is there", "driver in Windows"),
        (
            replace(NO_DEVICE, wsl=True, driver=None),
            "WSL's driver library",
            "NO_DEVICE",
            "Remove NVIDIA's Linux drivers",
        ),
    ],
)
def test_each_reason_has_its_own_fix(facts: Facts, what: str, evidence: str, fix: str) -> None:
    """One blocking finding that names the reason, the evidence and what to do."""
    (finding,) = find_problems(facts)
    assert finding.blocking
    assert what in finding.what
    assert evidence in finding.evidence
    assert fix in finding.fix


@pytest.mark.parametrize(
    ("capability", "architecture", "runs"),
    [
        ((8, 6), "sm_86", True),
        ((8, 9), "sm_86", True),
        ((8, 0), "sm_86", False),
        ((9, 0), "sm_86", False),
        ((9, 0), "compute_80", True),
        ((7, 5), "compute_80", False),
        ((9, 0), "sm_90a", True),
        ((10, 0), "sm_90a", False),
        ((12, 1), "sm_120", True),
        ((12, 0), "sm_100", False),
    ],
)
def test_code_runs_where_torch_says(capability: tuple[int, int], architecture: str, runs: bool) -> None:
    """Machine code runs where torch itself says; intermediate code runs on anything newer."""
    import torch

    assert supports_architecture(capability, architecture) is runs
    if architecture.startswith("sm_"):
        code = int(architecture[3:].rstrip("a"))
        assert torch.cuda._code_compatible_with_device(10 * capability[0] + capability[1], code) is runs  # noqa: SLF001 - torch's own rule
