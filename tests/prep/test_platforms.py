"""The systems that the locked wheels run on, and what the others are told."""

import pytest

from interview_prep.bootstrap.platforms import System, detect_system, explain_unsupported


def test_this_machine_is_supported() -> None:
    """The tests could not run elsewhere; what is read from the machine has the form that is judged."""
    assert explain_unsupported(detect_system()) == ""


@pytest.mark.parametrize(
    "system",
    [
        System("linux", "x86_64", "2.28"),
        System("linux", "aarch64", "2.41"),
        System("darwin", "arm64", "14.0"),
        System("darwin", "arm64", "26.1.2"),
    ],
)
def test_the_promised_systems_are_supported(system: System) -> None:
    """Those that every package of the lock has a wheel for."""
    assert explain_unsupported(system) == ""


@pytest.mark.parametrize(
    ("system", "reason"),
    [
        (System("darwin", "x86_64", "14.5"), "Intel Macs"),
        (System("darwin", "arm64", "13.7.1"), "need macOS 14 and this is 13.7.1"),
        (System("linux", "x86_64", ""), "musl"),
        (System("linux", "x86_64", "2.17"), "need glibc 2.28 and this Linux has 2.17"),
        (System("linux", "riscv64", "2.41"), "riscv64 processors"),
        (System("cygwin", "x86_64", ""), "use WSL"),
    ],
)
def test_the_others_are_told_why(system: System, reason: str) -> None:
    """prep adds the door that works there, Docker."""
    assert reason in explain_unsupported(system)
