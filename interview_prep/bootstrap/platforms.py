"""On which systems the locked wheels run. The others are told why not before anything is downloaded.

Left out: processors older than the wheels want, which nobody can tell in advance.
"""

import os
import platform
import re
import sys
from dataclasses import dataclass

GLIBC = (2, 28)  # what PyTorch's wheels are built for
MACOS = 14


@dataclass(frozen=True)
class System:
    """What decides whether the wheels run: sys.platform, the processor, glibc's version or macOS's."""

    platform: str
    processor: str
    version: str  # "" where there is no glibc


def this_system() -> System:
    """Look at the machine."""
    if sys.platform == "darwin":
        return System("darwin", platform.machine(), platform.mac_ver()[0])
    try:
        glibc = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (OSError, ValueError):  # how musl says that it is not glibc
        glibc = ""
    return System(sys.platform, platform.machine(), glibc.rpartition(" ")[2])


def why_unsupported(system: System) -> str:
    """Return why the wheels do not run there, or nothing where they do."""
    version = tuple(int(part) for part in re.findall(r"\d+", system.version)[:2])
    if system.platform == "darwin":
        if system.processor != "arm64":
            return "PyTorch has no wheels for Intel Macs (nor for an Intel Python on Apple silicon)"
        if version < (MACOS,):
            return f"PyTorch's wheels need macOS {MACOS} and this is {system.version}"
        return ""
    if system.platform != "linux":
        return f"PyTorch has no wheels for {system.platform} (on Windows, use WSL)"
    if system.processor not in {"x86_64", "aarch64"}:
        return f"PyTorch has no wheels for {system.processor} processors"
    if not version:
        return "PyTorch has no wheels for musl, the C library of this Linux"
    if version < GLIBC:
        return f"PyTorch's wheels need glibc {GLIBC[0]}.{GLIBC[1]} and this Linux has {system.version}"
    return ""
