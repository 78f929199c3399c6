"""The CPU builds of torch, from [tool.prep.torch-cpu] of pyproject.toml. Left out: the CUDA build.

The default index does not have them for Linux, and a mirror or a folder of wheels often has a single one. So their
wheels and what they require are written down, not looked up.
"""

import tomllib
from typing import Any

from packaging.markers import Marker

from interview_prep.locks.wheels import Package
from interview_prep.paths import ROOT


def torch_cpu() -> dict[str, Any]:
    """[tool.prep.torch-cpu] of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["prep"]["torch-cpu"]
    return table


def torch_builds() -> list[Package]:
    """The build for each system; on macOS the version has no +cpu."""
    torch = torch_cpu()
    versions = {"darwin": plain_version(), "linux": torch["version"]}
    return [
        Package("torch", version, Marker(f"sys_platform == '{system}'"), torch[system])
        for system, version in versions.items()
    ]


def torch_requirements() -> str:
    """Settings of uv by which the default index's torch requires no more than the CPU builds do."""
    package = f'name = "torch"\nversion = "{plain_version()}"\nrequires-dist = {torch_cpu()["requires"]}\n'
    return f"[[dependency-metadata]]\n{package}"


def plain_version() -> str:
    version: str = torch_cpu()["version"]
    return version.removesuffix("+cpu")
