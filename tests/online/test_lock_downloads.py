"""The CPU lock installs on machines that this one is not: their wheels are really fetched, with hashes required.

It needs a package index. Left out: packages without compiled parts, which are one file for every machine; running what
is installed; and torch for Linux where the PyTorch CPU index is out of reach.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from interview_prep.bootstrap.pip_settings import PYTORCH_CPU_INDEX
from interview_prep.locks.read_locks import ENTRY, LOCKS
from interview_prep.locks.resolve import read_uv_environment
from interview_prep.locks.torch_wheels import load_torch_table
from interview_prep.locks.wheels import LINUX_AARCH64, MACOS_ARM64, Platform

PLATFORMS = {LINUX_AARCH64: "aarch64-manylinux_2_28", MACOS_ARM64: "aarch64-apple-darwin"}  # uv's names
UNREACHED = ("failed to fetch", "error sending request", "dns error")


def install(environment: Mapping[str, str], platform: Platform, *arguments: str | Path) -> str:
    """Let uv install for another platform; return what it says of a failure."""
    uv = Path(sys.executable).with_name("uv")
    options = ["--no-config", "--no-deps", "--only-binary", ":all:", "--python-platform", PLATFORMS[platform]]
    command = [uv, "pip", "install", "--quiet", "--python", sys.executable, *options, *arguments]
    variables = {**environment, "MACOSX_DEPLOYMENT_TARGET": "14.0"}
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False).stderr


def compiled(platform: Platform) -> dict[str, str]:
    """Package to entry of cpu.txt, for those that have compiled wheels and are wanted on a platform."""
    found = {}
    for entry in ENTRY.findall((LOCKS / "cpu.txt").read_text()):
        requirement = Requirement(entry.partition(" \\")[0])
        if requirement.marker is None or requirement.marker.evaluate(platform.markers):
            found[requirement.name] = entry
    return {name: entry for name, entry in found.items() if entry.count(".whl") > entry.count("-none-any.whl")}


@pytest.fixture
def environment() -> dict[str, str]:
    """How the default index is reached. What else pip and uv are set to ask could hide what is missing there."""
    return {**read_uv_environment(extra_indexes=False), "UV_HTTP_RETRIES": "2"}


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Path]:
    """Where packages go; removed at the end, as they are large."""
    yield tmp_path / "target"
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)
def test_every_compiled_package_installs_there(environment: dict[str, str], platform: Platform, target: Path) -> None:
    """Its wheel for that machine is on the index, in the bytes that the lock knows."""
    wanted, index = compiled(platform), ["--index", PYTORCH_CPU_INDEX] if platform.system == "linux" else []
    assert {"numpy", "scipy", "torch"} < wanted.keys()
    trial = ["--dry-run", "--target", str(target)]
    if error := install(environment, platform, *trial, "iniconfig", "--refresh-package", "iniconfig"):
        assert any(words in error.lower() for words in UNREACHED), error
        pytest.skip(f"no package index in reach: {error.strip().splitlines()[-1].strip()}")
    if index and install(environment, platform, *trial, *index, f"torch=={load_torch_table()['version']}"):
        del wanted["torch"]
        index = []
    lock = target.with_name("lock.txt")
    lock.write_text("".join(wanted.values()))
    assert install(environment, platform, *index, "--require-hashes", "--target", target, "-r", lock) == ""
    found = {path.name.partition("-")[0].lower().replace("_", "-") for path in target.glob("*.dist-info")}
    assert found == wanted.keys()
