"""Why NVIDIA's driver gives this process no GPU: lost, missing, not passed into the container, too old, not ready.

Causes inside a container are told apart by what a container sees of its host: the kernel driver's version is visible
without the GPU being passed, device files and libcuda only with it.
"""

import re

from interview_prep.gpu.facts import Facts, Finding, Version

# Minor version compatibility: CUDA Toolkit Release Notes, and CUDA Compatibility, "Minor Version Compatibility".
OLDEST_DRIVER = {11: "450.80.02", 12: "525.60.13", 13: "580.65.06"}  # of Linux
RESTART = "`docker compose up lab-cuda`, or `docker run --gpus all`"


def why_unusable(facts: Facts) -> Finding:
    """The first cause that fits."""
    return lost(facts) or no_driver(facts) or unusable(facts)


def lost(facts: Facts) -> Finding | None:
    """A board that fell off the bus, a driver half updated, or a container that lost its devices."""
    said = facts.smi_error
    if "Driver/library version mismatch" in said or facts.cuda_error == "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH":
        evidence = said or facts.cuda_error
        return blocks("The driver was updated while its old kernel module runs", evidence, "`sudo reboot`.")
    if facts.container and "NVML: Unknown Error" in said:
        mend = "Restart the container: `docker compose restart lab-cuda`."
        return blocks("The container has lost its GPU", said, mend)
    failure = next((board.failure for board in facts.boards if board.failure), "")
    if failure or any(word in said for word in ("is lost", "fallen off", "Unknown Error")):
        mend = "`sudo reboot`; if it comes again, reseat the card and its power, or take another machine."
        return blocks("The GPU is lost or in error", failure or said, mend)
    return None


def no_driver(facts: Facts) -> Finding | None:
    """Nothing of a driver here, or its library missing where the rest is."""
    if facts.driver_library:
        return None
    if facts.container:
        return not_passed(facts)
    if facts.wsl:
        update = "" if facts.wsl_gpu else "`wsl --update` in Windows, then "
        mend = f"{update}install NVIDIA's driver in Windows, never one for Linux inside WSL, and `wsl --shutdown`."
        return blocks("WSL has no GPU from Windows", f"/dev/dxg {'is' if facts.wsl_gpu else 'is not'} there", mend)
    if facts.driver:
        mend = "Install the compute library of the same driver: `sudo apt install libnvidia-compute-NNN`, or the like."
        return blocks("The driver is here without its CUDA library", f"driver {facts.driver}, no libcuda.so.1", mend)
    return blocks("No GPU here", built(facts), "Install the NVIDIA driver, or go on with the CPU.")


def not_passed(facts: Facts) -> Finding:
    """In a container without libcuda: which part of the way from the host is missing?"""
    if facts.device_files:
        mend = f"Start with {RESTART}; with your own runtime set NVIDIA_DRIVER_CAPABILITIES=compute,utility."
        return blocks("The container has the GPU without its driver library", ", ".join(facts.device_files), mend)
    if facts.runtime_devices not in (None, "", "void", "none"):
        mend = (
            "On the host install the NVIDIA Container Toolkit, then `sudo nvidia-ctk runtime configure "
            "--runtime=docker && sudo systemctl restart docker`."
        )
        evidence = f"NVIDIA_VISIBLE_DEVICES={facts.runtime_devices}, but no device and no libcuda"
        return blocks("This container's engine has no NVIDIA runtime", evidence, mend)
    if facts.driver:
        evidence = f"the host's driver {facts.driver} is seen, no /dev/nvidia0"
        return blocks("The host's GPU was not passed into this container", evidence, f"Start with {RESTART}.")
    mend = f"If the host has one (`nvidia-smi` there), install the NVIDIA Container Toolkit and start with {RESTART}."
    return blocks("No GPU in this container", built(facts), mend)


def unusable(facts: Facts) -> Finding:
    """The driver's library is there and torch gets no GPU from it."""
    major = numbers(facts.cuda_build or "0")[0]
    needs = OLDEST_DRIVER.get(major, f"one for CUDA {major}")
    has = facts.driver or "of an unknown version"
    if too_old(facts, major):
        served = f", which serves CUDA {dotted(facts.cuda_driver)}" if facts.cuda_driver else ""
        where = "in Windows" if facts.wsl else "on the host" if facts.container else "here"
        mend = f"Install driver {needs} or newer {where}, or a torch that is built for an older CUDA."
        evidence = f"driver {has}{served}; {built(facts)} needs {needs}"
        return blocks("The driver is too old for this torch", evidence, mend)
    if facts.cuda_error == "CUDA_ERROR_SYSTEM_NOT_READY":
        mend = "`sudo systemctl restart nvidia-fabricmanager`, of the driver's very version."
        return blocks("The GPUs wait for the fabric manager", facts.cuda_error, mend)
    if any(board.mig for board in facts.boards):
        mend = "Make a slice: `sudo nvidia-smi mig -cgi 0 -C`, or end the division: `sudo nvidia-smi -mig 0`."
        return blocks("The GPU is divided (MIG) and has no slice to use", facts.boards[0].name, mend)
    if facts.wsl:
        mend = "Remove NVIDIA drivers for Linux from WSL (`dpkg -l 'libnvidia-compute*'`), then `wsl --shutdown`."
        return blocks("WSL's driver library finds no GPU", facts.cuda_error or facts.torch_error, mend)
    if not facts.driver and facts.system == "Linux":
        mend = "`sudo modprobe nvidia`; if that fails after a kernel update, install the driver package again."
        return blocks("The driver's kernel module is not loaded", facts.smi_error or facts.cuda_error, mend)
    evidence = f"driver {has}, {built(facts)}: {facts.cuda_error or facts.torch_error or 'no device'}"
    mend = "`nvidia-smi`, and `sudo dmesg | grep -i -e nvrm -e xid` for what the kernel says; then reboot."
    return blocks("There is a driver, and no GPU that torch can use", evidence, mend)


def too_old(facts: Facts, major: int) -> bool:
    """By the CUDA that the driver's library serves; by the driver's version where the library does not say."""
    if facts.cuda_driver:
        return facts.cuda_driver < (major,)
    oldest = OLDEST_DRIVER.get(major)
    return bool(facts.driver and oldest) and numbers(facts.driver or "") < numbers(oldest or "")


def blocks(what: str, evidence: str, mend: str) -> Finding:
    return Finding(what, evidence, mend, blocking=True)


def built(facts: Facts) -> str:
    return f"torch {facts.torch} for CUDA {facts.cuda_build}" if facts.cuda_build else f"torch {facts.torch}"


def numbers(text: str) -> Version:
    """The version "580.65.06" as (580, 65, 6), so that versions compare; "2.13.0+cu130" begins (2, 13, 0)."""
    return tuple(int(part) for part in re.findall(r"\d+", text))


def dotted(version: Version | None) -> str:
    return ".".join(map(str, version or ()))
