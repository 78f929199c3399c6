"""Why NVIDIA's driver gives this process no GPU: lost, missing, not passed into the container, too old, not ready.

Inside a container, causes are told apart by what it can see of its host: the kernel driver's version is always visible,
device files and libcuda only if the GPU was passed in.
"""

import re

from interview_prep.gpu.facts import Facts, Finding, Version

# Minor version compatibility: CUDA Toolkit Release Notes, and CUDA Compatibility, "Minor Version Compatibility".
OLDEST_DRIVER = {11: "450.80.02", 12: "525.60.13", 13: "580.65.06"}  # of Linux
RESTART = "`docker compose up lab-cuda`, or `docker run --gpus all`"


def explain_unusable(facts: Facts) -> Finding:
    """The first cause that fits."""
    return diagnose_lost_gpu(facts) or diagnose_missing_driver(facts) or diagnose_driver_error(facts)


def diagnose_lost_gpu(facts: Facts) -> Finding | None:
    """A GPU that fell off the bus, a half-updated driver, or a container that lost its devices."""
    message = facts.smi_error
    if "Driver/library version mismatch" in message or facts.cuda_error == "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH":
        evidence = message or facts.cuda_error
        return make_blocking_finding(
            "The driver was updated while its old kernel module is running", evidence, "`sudo reboot`."
        )
    if facts.container and "NVML: Unknown Error" in message:
        fix = "Restart the container: `docker compose restart lab-cuda`."
        return make_blocking_finding("The container has lost its GPU", message, fix)
    failure = next((board.failure for board in facts.boards if board.failure), "")
    if failure or any(word in message for word in ("is lost", "fallen off", "Unknown Error")):
        fix = "`sudo reboot`. If it happens again, reseat the card and its power cables, or use another machine."
        return make_blocking_finding("The GPU is lost or reports an error", failure or message, fix)
    return None


def diagnose_missing_driver(facts: Facts) -> Finding | None:
    """No driver at all, or a driver without its CUDA library."""
    if facts.driver_library:
        return None
    if facts.container:
        return diagnose_missing_passthrough(facts)
    if facts.wsl:
        install = "Install" if facts.wsl_gpu else "`wsl --update` in Windows, then install"
        fix = f"{install} NVIDIA's driver in Windows (never a Linux driver inside WSL), then `wsl --shutdown`."
        return make_blocking_finding(
            "WSL gets no GPU from Windows", f"/dev/dxg {'is' if facts.wsl_gpu else 'is not'} there", fix
        )
    if facts.driver:
        fix = "Install the compute library of the same driver: `sudo apt install libnvidia-compute-NNN`, or similar."
        return make_blocking_finding(
            "The driver is installed without its CUDA library", f"driver {facts.driver}, no libcuda.so.1", fix
        )
    return make_blocking_finding("No GPU here", describe_build(facts), "Install the NVIDIA driver, or use the CPU.")


def diagnose_missing_passthrough(facts: Facts) -> Finding:
    """A container without libcuda: which step between the host's GPU and the container is missing."""
    if facts.device_files:
        fix = f"Start with {RESTART}; with your own runtime, set NVIDIA_DRIVER_CAPABILITIES=compute,utility."
        return make_blocking_finding(
            "The container has the GPU, but not its driver library", ", ".join(facts.device_files), fix
        )
    if facts.runtime_devices not in (None, "", "void", "none"):
        fix = (
            "On the host, install the NVIDIA Container Toolkit, then `sudo nvidia-ctk runtime configure "
            "--runtime=docker && sudo systemctl restart docker`."
        )
        evidence = f"NVIDIA_VISIBLE_DEVICES={facts.runtime_devices}, but no device and no libcuda"
        return make_blocking_finding("This container's engine has no NVIDIA runtime", evidence, fix)
    if facts.driver:
        evidence = f"the host's driver {facts.driver} is visible, but not /dev/nvidia0"
        return make_blocking_finding(
            "The host's GPU was not passed into this container", evidence, f"Start with {RESTART}."
        )
    fix = f"If the host has one (`nvidia-smi` shows it), install the NVIDIA Container Toolkit and start with {RESTART}."
    return make_blocking_finding("No GPU in this container", describe_build(facts), fix)


def diagnose_driver_error(facts: Facts) -> Finding:
    """The driver's library is there, but torch gets no GPU from it."""
    major = parse_version(facts.cuda_build or "0")[0]
    required = f"driver {OLDEST_DRIVER[major]}" if major in OLDEST_DRIVER else f"a driver for CUDA {major}"
    installed = facts.driver or "of an unknown version"
    if is_too_old(facts, major):
        served = f", which supports CUDA {format_version(facts.cuda_driver)}" if facts.cuda_driver else ""
        where = "in Windows" if facts.wsl else "on the host" if facts.container else "here"
        fix = f"Install {required} or newer {where}, or a torch that is built for an older CUDA."
        evidence = f"driver {installed}{served}; {describe_build(facts)} needs {required}"
        return make_blocking_finding("The driver is too old for this torch", evidence, fix)
    if facts.cuda_error == "CUDA_ERROR_SYSTEM_NOT_READY":
        fix = "`sudo systemctl restart nvidia-fabricmanager`. Its version must match the driver's exactly."
        return make_blocking_finding("The GPUs are waiting for the fabric manager", facts.cuda_error, fix)
    if any(board.mig for board in facts.boards):
        fix = "Make a slice: `sudo nvidia-smi mig -cgi 0 -C`. Or turn MIG off: `sudo nvidia-smi -mig 0`."
        return make_blocking_finding("The GPU is divided (MIG) and has no slice to use", facts.boards[0].name, fix)
    if facts.wsl:
        fix = "Remove NVIDIA's Linux drivers from WSL (`dpkg -l 'libnvidia-compute*'`), then `wsl --shutdown`."
        return make_blocking_finding("WSL's driver library finds no GPU", facts.cuda_error or facts.torch_error, fix)
    if not facts.driver and facts.system == "Linux":
        fix = "`sudo modprobe nvidia`. If that fails after a kernel update, reinstall the driver package."
        return make_blocking_finding(
            "The driver's kernel module is not loaded", facts.smi_error or facts.cuda_error, fix
        )
    evidence = f"driver {installed}, {describe_build(facts)}: {facts.cuda_error or facts.torch_error or 'no device'}"
    fix = "Run `nvidia-smi`, and `sudo dmesg | grep -i -e nvrm -e xid` to see what the kernel says. Then reboot."
    return make_blocking_finding("There is a driver, but no GPU that torch can use", evidence, fix)


def is_too_old(facts: Facts, major: int) -> bool:
    """Compare the CUDA that the driver supports or, if it doesn't say, the driver's version."""
    if facts.cuda_driver:
        return facts.cuda_driver < (major,)
    oldest = OLDEST_DRIVER.get(major)
    return bool(facts.driver and oldest) and parse_version(facts.driver or "") < parse_version(oldest or "")


def make_blocking_finding(what: str, evidence: str, fix: str) -> Finding:
    return Finding(what, evidence, fix, blocking=True)


def describe_build(facts: Facts) -> str:
    return f"torch {facts.torch} for CUDA {facts.cuda_build}" if facts.cuda_build else f"torch {facts.torch}"


def parse_version(text: str) -> Version:
    """The version "580.65.06" as (580, 65, 6), so that versions can be compared; "2.13.0+cu130" as (2, 13, 0, 130)."""
    return tuple(int(part) for part in re.findall(r"\d+", text))


def format_version(version: Version | None) -> str:
    return ".".join(map(str, version or ()))
