"""The CPU builds of torch, from [tool.prep.torch-cpu] of pyproject.toml. Left out: the CUDA build.

The default index has none for Linux, and a mirror or a folder of wheels often has just one of them. So their wheels and
their requirements are written down, not looked up.
"""

import tomllib
from typing import Any

from packaging.markers import Marker

from interview_prep.locks.wheels import Package
from interview_prep.paths import ROOT


def load_torch_table() -> dict[str, Any]:
    """[tool.prep.torch-cpu] of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["prep"]["torch-cpu"]
    return table


def list_torch_builds() -> list[Package]:
    """The build for each system; on macOS the version has no +cpu."""
    torch = load_torch_table()
    versions = {"darwin": public_version(), "linux": torch["version"]}
    return [
        Package("torch", version, Marker(f"sys_platform == '{system}'"), torch[system])
        for system, version in versions.items()
    ]


def format_torch_metadata() -> str:
    """The uv.toml by which the torch of the default index requires no more than the CPU builds do."""
    package = f'name = "torch"\nversion = "{public_version()}"\nrequires-dist = {load_torch_table()["requires"]}\n'
    return f"[[dependency-metadata]]\n{package}"


def public_version() -> str:
    """The version of torch without the +cpu of the Linux builds."""
    version: str = load_torch_table()["version"]
    return version.removesuffix("+cpu")
