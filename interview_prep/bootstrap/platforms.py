"""Which systems the locked wheels run on. Other systems are told why not before anything is downloaded.

Left out: processors too old for the wheels, which nobody can tell in advance.
"""

import os
import platform
import re
import sys
from dataclasses import dataclass

OLDEST_GLIBC = (2, 28)  # what PyTorch's wheels are built for
OLDEST_MACOS = 14


@dataclass(frozen=True)
class System:
    """What decides whether the wheels run: sys.platform, the processor, glibc's version or macOS's."""

    platform: str
    processor: str
    version: str  # "" if there is no glibc


def detect_system() -> System:
    """The system of this machine."""
    if sys.platform == "darwin":
        return System("darwin", platform.machine(), platform.mac_ver()[0])
    try:
        glibc = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (OSError, ValueError):  # how musl says that it is not glibc
        glibc = ""
    return System(sys.platform, platform.machine(), glibc.rpartition(" ")[2])


def explain_unsupported(system: System) -> str:
    """Why the wheels don't run on a system, or "" if they do."""
    version = tuple(int(part) for part in re.findall(r"\d+", system.version)[:2])
    if system.platform == "darwin":
        if system.processor != "arm64":
            return "PyTorch has no wheels for Intel Macs (nor for an Intel Python on Apple silicon)"
        if version < (OLDEST_MACOS,):
            return f"PyTorch's wheels need macOS {OLDEST_MACOS} and this is {system.version}"
        return ""
    if system.platform != "linux":
        return f"PyTorch has no wheels for {system.platform} (on Windows, use WSL)"
    if system.processor not in {"x86_64", "aarch64"}:
        return f"PyTorch has no wheels for {system.processor} processors"
    if not version:
        return "PyTorch has no wheels for musl, the C library of this Linux"
    if version < OLDEST_GLIBC:
        return f"PyTorch's wheels need glibc {OLDEST_GLIBC[0]}.{OLDEST_GLIBC[1]} and this Linux has {system.version}"
    return ""
