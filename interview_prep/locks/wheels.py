"""The platforms that the locks promise, and which wheels install on them, by their file names.

A package needs a wheel for the oldest machine of each kind: glibc 2.28 on Linux and macOS 14, which torch's own wheels
need too. Wheels for newer machines are locked beside it, because installers prefer them there. Left out: building from
source, and every other system.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import parse_wheel_filename

OLDEST_GLIBC, OLDEST_MACOS = 28, (14, 0)  # 2.28
NEWEST_GLIBC, NEWEST_MACOS = 60, (30, 0)  # later than any that today's wheels name


@dataclass(frozen=True)
class Platform:
    """One kind of machine: its name, sys.platform and processor."""

    name: str
    system: str
    machine: str

    @property
    def markers(self) -> dict[str, str]:
        """The values that a requirement's markers are evaluated with, for the Python of Debian 12."""
        python = {"python_version": "3.11", "python_full_version": "3.11.2", "os_name": "posix"}
        machine = {"platform_machine": self.machine, "platform_system": self.system.title()}
        return {**python, **machine, "sys_platform": self.system}

    def always_installs(self, wheel: str) -> bool:
        """Whether the wheel with this file name installs on the oldest such machine, and so on all of them."""
        return not supported_tags(self, OLDEST_GLIBC, OLDEST_MACOS).isdisjoint(parse_wheel_filename(wheel)[3])

    def may_install(self, wheel: str) -> bool:
        """Whether the wheel with this file name installs on some such machine, even if only on the newest."""
        return not supported_tags(self, NEWEST_GLIBC, NEWEST_MACOS).isdisjoint(parse_wheel_filename(wheel)[3])


@cache
def supported_tags(platform: Platform, glibc: int, macos: tuple[int, int]) -> frozenset[Tag]:
    """The tags of every wheel that CPython 3.11 installs, given glibc 2.`glibc` on Linux or that version of macOS."""
    names = [f"manylinux_2_{minor}_{platform.machine}" for minor in range(5, glibc + 1)]
    names += [f"manylinux{year}_{platform.machine}" for year in (1, 2010, 2014)]  # older names of some of these
    if platform.system == "darwin":
        names = list(mac_platforms(macos, platform.machine))
    return frozenset([*cpython_tags((3, 11), platforms=names), *compatible_tags((3, 11), "cp311", names)])


LINUX_X86_64 = Platform("Linux x86-64", "linux", "x86_64")
LINUX_AARCH64 = Platform("Linux aarch64", "linux", "aarch64")
MACOS_ARM64 = Platform("macOS arm64", "darwin", "arm64")
EVERYWHERE = (LINUX_X86_64, LINUX_AARCH64, MACOS_ARM64)


@dataclass(frozen=True)
class Package:
    """One package of a lock: the marker that says where it is wanted, and the sha256 of each wheel by file name."""

    name: str
    version: str
    marker: Marker | None
    wheels: Mapping[str, str]

    def wanted_on(self, platforms: Sequence[Platform]) -> list[Platform]:
        """The platforms that install this package."""
        return [each for each in platforms if self.marker is None or self.marker.evaluate(each.markers)]
