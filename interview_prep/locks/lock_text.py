"""The four package locks, and their text: a header, then the hashes and the wheels of each package.

Packages and wheels that no promised platform installs are dropped. Left out: choosing versions (resolve.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interview_prep.locks.read_locks import LockError
from interview_prep.locks.torch_wheels import list_torch_builds
from interview_prep.locks.wheels import EVERYWHERE, LINUX_X86_64, Package, Platform


class WheelMissingError(Exception):
    """A package has no wheel for a platform that its lock promises."""


@dataclass(frozen=True)
class Lock:
    """One file of docker/locks/: what it is for, where it installs, and what uv is told to resolve."""

    name: str
    purpose: str
    platforms: tuple[Platform, ...]
    arguments: tuple[str, ...]


def list_locks() -> list[Lock]:
    """The locks in the order they are made: the later ones use the versions in cpu.txt."""
    return [
        Lock("cpu.txt", "The environment on a machine without an NVIDIA GPU", EVERYWHERE, ("pyproject.toml",)),
        Lock("cuda.txt", "The environment with CUDA built in; Linux x86-64 only", (LINUX_X86_64,), ("pyproject.toml",)),
        Lock("installer.txt", "What installs the other files", EVERYWHERE, ("--group", "installer")),
        Lock("tools.txt", "For the kit's developers; in no image", EVERYWHERE, ("--group", "tools")),
    ]


def format_lock(lock: Lock, resolved: Iterable[Package]) -> str:
    """The whole text of a lock. Raises LockError if a package cannot be installed on every platform."""
    builds = {"torch": list_torch_builds()} if lock.name == "cpu.txt" else {}
    packages = [build for each in resolved for build in builds.get(each.name, [each])]
    try:
        return format_header(lock) + "".join(format_entry(each, lock.platforms) for each in packages)
    except WheelMissingError as error:
        raise LockError(
            f"No lock was made for {lock.name}: {error}. Pin another version in pyproject.toml, or use another index."
        ) from None


def format_header(lock: Lock) -> str:
    """The two comments above the packages."""
    return (
        f"# {lock.purpose}. Made by `invoke lock` from pyproject.toml; not to be edited.\n"
        "# Each package has the hashes of its wheels, then their names in the same order.\n"
    )


def format_entry(package: Package, platforms: Sequence[Platform]) -> str:
    """A package's lines in a lock for these platforms: the hashes, then the names of their wheels in the same order.

    Empty if no platform installs the package. Raises WheelMissingError if one does but has no wheel.
    """
    targets = package.wanted_on(platforms)
    for platform in targets:
        if not any(map(platform.always_installs, package.wheels)):
            raise WheelMissingError(f"{package.name} {package.version} has no wheel for {platform.name}")
    if not targets:
        return ""
    wheels = sorted(wheel for wheel in package.wheels if any(platform.may_install(wheel) for platform in targets))
    hashes = " \\\n".join(f"    --hash=sha256:{package.wheels[wheel]}" for wheel in wheels)
    names = "".join(f"    # {wheel}\n" for wheel in wheels)
    return f"{package.name}=={package.version}{find_shortest_marker(targets, platforms)} \\\n{hashes}\n{names}"


def find_shortest_marker(targets: Sequence[Platform], platforms: Sequence[Platform]) -> str:
    """The marker that tells the targets from the other platforms; empty if all platforms are targets."""
    systems = {each.system for each in targets}
    if len(targets) == len(platforms):
        return ""
    if len(systems) == 1 and len(targets) == sum(each.system in systems for each in platforms):
        return f' ; sys_platform == "{targets[0].system}"'
    each_one = (f'sys_platform == "{each.system}" and platform_machine == "{each.machine}"' for each in targets)
    return f" ; {' or '.join(each_one)}"
