"""The doctor finds what is wrong, by making it wrong."""

import socket
from pathlib import Path

import pytest

from interview_prep.environment import doctor, lock


def test_packages_as_locked_are_well() -> None:
    """The environment that runs this test was made from the lock."""
    assert doctor.packages().ok, doctor.packages().evidence


def test_a_package_that_is_not_the_locked_one_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both versions are told, and a missing package is called missing."""
    for name in ("cpu.txt", "cuda.txt"):
        (tmp_path / name).write_text("invoke==0.1 \\\n    --hash=sha256:0\nnot-there==1.0 \\\n    --hash=sha256:0\n")
    monkeypatch.setattr(lock, "LOCKS", tmp_path)
    check = doctor.packages()
    assert not check.ok
    assert "locked 0.1" in check.evidence
    assert "not-there missing, locked 1.0" in check.evidence


def test_being_online_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """HF_HUB_OFFLINE=0 lets an example wait for the network."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    assert not doctor.offline().ok


def test_more_threads_than_processors_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container with two of sixty-four processors is slowed down by sixty-four threads."""
    monkeypatch.setenv("OMP_NUM_THREADS", "4096")
    check = doctor.threads()
    assert not check.ok
    assert check.evidence.startswith("4096 for ")


def test_a_cgroup_limit_counts_for_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the container may still use, not what the machine has free."""
    (tmp_path / "memory.max").write_text("3000000000\n")
    (tmp_path / "memory.current").write_text("2000000000\n")
    monkeypatch.setattr(doctor, "CGROUP", tmp_path)
    check = doctor.memory()
    assert (check.ok, check.evidence) == (False, "1.0 GB free")


def test_a_port_in_use_by_something_else_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something that listens and is not Lab."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PREP_PORT", str(taken.getsockname()[1]))
        check = doctor.port()
    assert not check.ok
    assert "in use by something else" in check.evidence
