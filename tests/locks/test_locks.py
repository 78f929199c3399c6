"""Each lock installs on every platform that it promises, by the names of the wheels behind its hashes."""

import importlib.metadata
import re

import pytest
from packaging.requirements import Requirement

from interview_prep.locks.lock_text import list_locks
from interview_prep.locks.read_locks import ENTRY
from interview_prep.locks.read_locks import LOCKS as FOLDER
from interview_prep.locks.torch_wheels import load_torch_table

LOCKS = {each.name: ENTRY.findall((FOLDER / each.name).read_text()) for each in list_locks()}
PROMISED = {
    "Linux x86-64": {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    "Linux aarch64": {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64"},
    "macOS arm64": {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
}

# How the name of a wheel ends that Python 3.11 installs there, said without the code that makes the locks.
PURE = r"-(py2\.)?py3(9|10|11)?-none-any\.whl$"
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
    """Whether a platform installs the requirement."""
    return requirement.marker is None or requirement.marker.evaluate(PROMISED[platform])


@pytest.mark.parametrize(
    ("name", "platform"),
    [(name, platform) for name in LOCKS for platform in PROMISED if name != "cuda.txt" or platform == "Linux x86-64"],
)
def test_each_package_has_a_wheel_for_each_promised_platform(name: str, platform: str) -> None:
    """A lock made where only some wheels are visible ends in "hash mismatch" everywhere else."""
    missing = [
        requirement.name
        for entry in LOCKS[name]
        if is_wanted(requirement := Requirement(entry.partition(" \\")[0]), platform)
        and not any(re.search(f"{INSTALLS[platform]}|{PURE}", wheel) for wheel in wheels(entry))
    ]
    assert missing == []


@pytest.mark.parametrize("name", LOCKS)
def test_each_hash_belongs_to_a_wheel_of_its_package(name: str) -> None:
    """It is neither a source archive, which an installer would compile, nor another version."""
    for entry in LOCKS[name]:
        requirement = Requirement(entry.partition(" \\")[0])
        files = wheels(entry)
        assert len(files) == len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry)), requirement
        for file in files:
            package, version, _ = file.split("-", 2)
            assert (package.lower().replace("_", "-"), f"=={version}") == (requirement.name, str(requirement.specifier))
            assert file.endswith(".whl")


def test_requirements_of_torch_are_those_of_its_wheel() -> None:
    """The lock is resolved with those of pyproject.toml, because no public index has the wheel."""
    said = [Requirement(text) for text in importlib.metadata.requires("torch") or []]
    wanted = {str(each) for each in said if each.marker is None}
    if any(each.name.startswith(("nvidia", "cuda", "triton")) for each in said):
        pytest.skip("the torch installed here is the CUDA build")
    assert {str(Requirement(text)) for text in load_torch_table()["requires"]} == wanted
