"""Each lock installs on every platform that it promises, by the names of the wheels behind its hashes."""

import importlib.metadata
import re

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

from interview_prep.locks.lock_text import WheelMissingError, format_entry, list_locks
from interview_prep.locks.read_locks import ENTRY
from interview_prep.locks.read_locks import LOCKS as FOLDER
from interview_prep.locks.torch_wheels import load_torch_table
from interview_prep.locks.wheels import EVERYWHERE, Package

LOCKS = {each.name: ENTRY.findall((FOLDER / each.name).read_text()) for each in list_locks()}
PROMISED = {
    "Linux x86-64": {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    "Linux aarch64": {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64"},
    "macOS arm64": {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
}

# How the name of a wheel ends that Python 3.11 installs there, said without the code that makes the locks.
PURE = r"-(py2\.)?py3-none-any\.whl$"
PYTHON = r"-(cp311-cp311|cp3\d+-abi3|py3-none)-"
GLIBC = r"(\w+\.)*manylinux(1|2010|2014|_2_([5-9]|1\d|2[0-8]))_%s(\.\w+)*\.whl$"
INSTALLS = {
    "Linux x86-64": PYTHON + GLIBC % "x86_64",
    "Linux aarch64": PYTHON + GLIBC % "aarch64",
    "macOS arm64": PYTHON + r"macosx_1[0-4]_\d+_(arm64|universal2)\.whl$",
}


def wheels(entry: str) -> list[str]:
    """The names of the wheels below a package's hashes."""
    return re.findall(r"^    # (\S+)$", entry, re.MULTILINE)


def is_wanted(requirement: Requirement, platform: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(PROMISED[platform])


@pytest.mark.parametrize(
    ("name", "platform"),
    [(name, platform) for name in LOCKS for platform in PROMISED if name != "cuda.txt" or platform == "Linux x86-64"],
)
def test_each_package_has_a_wheel_for_each_promised_platform(name: str, platform: str) -> None:
    """A lock made where only some wheels are seen ends in "hash mismatch" everywhere else."""
    missing = [
        requirement.name
        for entry in LOCKS[name]
        if is_wanted(requirement := Requirement(entry.partition(" \\")[0]), platform)
        and not any(re.search(f"{INSTALLS[platform]}|{PURE}", wheel) for wheel in wheels(entry))
    ]
    assert missing == []


@pytest.mark.parametrize("name", LOCKS)
def test_each_hash_is_of_a_wheel_of_its_package(name: str) -> None:
    """Not of a source archive, which an installer would compile, nor of another version."""
    for entry in LOCKS[name]:
        requirement = Requirement(entry.partition(" \\")[0])
        files = wheels(entry)
        assert len(files) == len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry)), requirement
        for file in files:
            package, version, _ = file.split("-", 2)
            assert (package.lower().replace("_", "-"), f"=={version}") == (requirement.name, str(requirement.specifier))
            assert file.endswith(".whl")


def test_the_locked_requirements_of_torch_are_what_its_wheel_says() -> None:
    """The lock is resolved with those of pyproject.toml, as the wheel lies in no public index."""
    said = [Requirement(text) for text in importlib.metadata.requires("torch") or []]
    wanted = {str(each) for each in said if each.marker is None}
    if any(each.name.startswith(("nvidia", "cuda", "triton")) for each in said):
        pytest.skip("the torch installed here is the CUDA build")
    assert {str(Requirement(text)) for text in load_torch_table()["requires"]} == wanted


def package(*wheels: str, marker: str = "") -> Package:
    """A package of these wheels, each with a hash that begins with its place among them."""
    hashes = {wheel: f"{place}".ljust(64, "0") for place, wheel in enumerate(wheels)}
    return Package("grid", "1.0", Marker(marker) if marker else None, hashes)


X86_64, AARCH64, ARM64 = (
    f"grid-1.0-cp311-cp311-{tag}.whl" for tag in ("manylinux_2_28_x86_64", "manylinux2014_aarch64", "macosx_11_0_arm64")
)


def test_an_entry_names_the_wheel_of_each_hash_in_the_same_order() -> None:
    """Hashes alone do not say for which machine they are."""
    assert format_entry(package(X86_64, AARCH64, ARM64), EVERYWHERE) == (
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
def test_a_package_without_a_wheel_for_a_platform_cannot_be_locked(tags: list[str], lacks: str) -> None:
    """A narrow lock is refused where it would be made."""
    with pytest.raises(WheelMissingError, match=f"^grid 1.0 has no wheel for {lacks}$"):
        format_entry(package(*(f"grid-1.0-{tag}.whl" for tag in tags)), EVERYWHERE)


@pytest.mark.parametrize("tag", ["cp311-cp311-manylinux_2_34_x86_64", "cp311-cp311-macosx_15_0_arm64"])
def test_wheels_for_newer_machines_are_locked_beside_those_for_the_oldest(tag: str) -> None:
    """A newer machine's installer prefers them, and an index may hold no others: "hash mismatch" otherwise."""
    newer = f"grid-1.0-{tag}.whl"
    assert newer in format_entry(package(X86_64, AARCH64, ARM64, newer), EVERYWHERE)


@pytest.mark.parametrize(
    "tag", ["cp311-cp311-win_amd64", "cp312-cp312-macosx_11_0_arm64", "cp311-cp311-musllinux_1_2_x86_64"]
)
def test_wheels_that_no_promised_platform_installs_are_left_out(tag: str) -> None:
    """They would be most of the lock."""
    other = f"grid-1.0-{tag}.whl"
    assert other not in format_entry(package(X86_64, AARCH64, ARM64, other), EVERYWHERE)


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
def test_a_marker_says_no_more_than_which_platforms_want_the_package(marker: str, written: str) -> None:
    """Uv resolves for every system and for later Pythons."""
    assert format_entry(package(X86_64, AARCH64, ARM64, marker=marker), EVERYWHERE).partition("\n")[0] == written
