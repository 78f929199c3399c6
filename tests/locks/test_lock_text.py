"""The text of a package lock: its header, the wheels and hashes of each package, and what is left out or refused."""

import pytest

from interview_prep.locks.lock_text import Lock, WheelMissingError, format_entry, format_lock
from interview_prep.locks.read_locks import LockError, parse_requirements
from interview_prep.locks.torch_wheels import list_torch_builds
from interview_prep.locks.wheels import EVERYWHERE, LINUX_X86_64, Package
from tests.support.packages import AARCH64, ARM64, X86_64, make_package

HEADER = """\
# What installs. Made by `invoke lock` from pyproject.toml; not to be edited.
# Each package has the hashes of its wheels, then their names in the same order.
"""
EVERY_WHEEL = make_package(X86_64, AARCH64, ARM64)


def test_lock_is_a_header_and_an_entry_for_each_package() -> None:
    """In the order in which uv lists the packages."""
    lock = Lock("tools.txt", "What installs", EVERYWHERE, ())
    text = format_lock(lock, [EVERY_WHEEL, EVERY_WHEEL])
    assert text == HEADER + 2 * format_entry(EVERY_WHEEL, EVERYWHERE)


def test_cpu_lock_takes_torch_from_pyproject() -> None:
    """Whatever uv found under the name: a build for each system."""
    found = Package("torch", "2.0", None, {"torch-2.0-cp311-cp311-manylinux_2_28_x86_64.whl": "0" * 64})
    text = format_lock(Lock("cpu.txt", "", EVERYWHERE, ()), [found])
    assert [str(each.specifier) for each in parse_requirements(text)] == [f"=={b.version}" for b in list_torch_builds()]
    assert format_lock(Lock("cuda.txt", "", (LINUX_X86_64,), ()), [found]).count("torch==2.0 ") == 1


def test_package_without_a_wheel_is_an_error_with_the_next_step() -> None:
    """It names lock, package and platform."""
    with pytest.raises(LockError) as error:
        format_lock(Lock("tools.txt", "", EVERYWHERE, ()), [make_package(X86_64)])
    assert str(error.value) == (
        "No lock was made for tools.txt: grid 1.0 has no wheel for Linux aarch64. "
        "Pin another version in pyproject.toml, or use another index."
    )


def test_entry_names_the_wheel_of_each_hash_in_the_same_order() -> None:
    """A hash alone does not say which machine it is for."""
    assert format_entry(make_package(X86_64, AARCH64, ARM64), EVERYWHERE) == (
        "grid==1.0 \\\n"
        f"    --hash=sha256:{'2'.ljust(64, '0')} \\\n"
        f"    --hash=sha256:{'1'.ljust(64, '0')} \\\n"
        f"    --hash=sha256:{'0'.ljust(64, '0')}\n"
        f"    # {ARM64}\n"
        f"    # {AARCH64}\n"
        f"    # {X86_64}\n"
    )


@pytest.mark.parametrize(
    ("tags", "lacks"),
    [
        (["cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-macosx_11_0_arm64"], "Linux aarch64"),
        (["cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-manylinux_2_28_aarch64"], "macOS arm64"),
        (["cp311-cp311-manylinux_2_34_x86_64", "cp311-cp311-macosx_11_0_arm64"], "Linux x86-64"),
        (["cp312-cp312-manylinux_2_28_x86_64"], "Linux x86-64"),
        (["cp311-cp311-musllinux_1_2_x86_64"], "Linux x86-64"),
        ([], "Linux x86-64"),
    ],
)
def test_package_without_a_wheel_for_a_platform_cannot_be_locked(tags: list[str], lacks: str) -> None:
    """The error names the package and the first platform that lacks a wheel."""
    with pytest.raises(WheelMissingError, match=f"^grid 1.0 has no wheel for {lacks}$"):
        format_entry(make_package(*(f"grid-1.0-{tag}.whl" for tag in tags)), EVERYWHERE)


@pytest.mark.parametrize("tag", ["cp311-cp311-manylinux_2_34_x86_64", "cp311-cp311-macosx_15_0_arm64"])
def test_wheels_for_newer_machines_are_locked_too(tag: str) -> None:
    """Installers on newer machines prefer them, and an index may have no others."""
    newer = f"grid-1.0-{tag}.whl"
    assert newer in format_entry(make_package(X86_64, AARCH64, ARM64, newer), EVERYWHERE)


@pytest.mark.parametrize(
    "tag", ["cp311-cp311-win_amd64", "cp312-cp312-macosx_11_0_arm64", "cp311-cp311-musllinux_1_2_x86_64"]
)
def test_wheels_that_no_promised_platform_installs_are_left_out(tag: str) -> None:
    """Otherwise they would be most of the lock."""
    other = f"grid-1.0-{tag}.whl"
    assert other not in format_entry(make_package(X86_64, AARCH64, ARM64, other), EVERYWHERE)


@pytest.mark.parametrize(
    ("marker", "written"),
    [
        ("python_full_version < '3.12'", "grid==1.0 \\"),
        ("sys_platform == 'linux' or sys_platform == 'win32'", 'grid==1.0 ; sys_platform == "linux" \\'),
        ("platform_system == 'Darwin'", 'grid==1.0 ; sys_platform == "darwin" \\'),
        ("platform_machine == 'aarch64'", 'grid==1.0 ; sys_platform == "linux" and platform_machine == "aarch64" \\'),
        ("sys_platform == 'win32'", ""),
    ],
)
def test_marker_says_only_which_platforms_want_the_package(marker: str, written: str) -> None:
    """uv's markers also cover other systems and later Pythons."""
    assert format_entry(make_package(X86_64, AARCH64, ARM64, marker=marker), EVERYWHERE).partition("\n")[0] == written
