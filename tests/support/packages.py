"""Packages for tests of the locks, whose wheels exist in name only."""

from packaging.markers import Marker

from interview_prep.locks.wheels import Package

X86_64, AARCH64, ARM64 = (
    f"grid-1.0-cp311-cp311-{tag}.whl" for tag in ("manylinux_2_28_x86_64", "manylinux2014_aarch64", "macosx_11_0_arm64")
)


def make_package(*wheels: str, marker: str = "") -> Package:
    """A package of these wheels, each with a hash that begins with its position among them."""
    hashes = {wheel: f"{position}".ljust(64, "0") for position, wheel in enumerate(wheels)}
    return Package("grid", "1.0", Marker(marker) if marker else None, hashes)
