"""Writing the locks: a changed one whole, an unchanged one not at all, and none that cannot be installed everywhere."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from interview_prep.locks import read_locks, write_locks
from interview_prep.locks.lock_text import Lock, format_lock, list_locks
from interview_prep.locks.read_locks import LockError
from interview_prep.locks.wheels import Package
from tests.support.packages import AARCH64, ARM64, X86_64, make_package

NAMES = [lock.name for lock in list_locks()]
EVERY_WHEEL = make_package(X86_64, AARCH64, ARM64)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty docker/locks/."""
    monkeypatch.setattr(read_locks, "LOCKS", tmp_path)
    return tmp_path


@pytest.fixture
def resolve_to(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, list[str]]]:
    """Let every lock resolve to these packages without uv. Returns the previous versions that uv would get, by lock."""

    def set_packages(*packages: Package) -> dict[str, list[str]]:
        given: dict[str, list[str]] = {}

        def resolve(lock: Lock, previous: Iterable[Requirement], _: Mapping[str, str]) -> list[Package]:
            given[lock.name] = [str(each) for each in previous]
            return list(packages)

        monkeypatch.setattr(write_locks, "resolve_lock", resolve)
        return given

    return set_packages


def test_changed_locks_are_written_whole(folder: Path, resolve_to: Callable[..., object]) -> None:
    """Each file is named and has the whole text, and nothing lies beside the four."""
    resolve_to(EVERY_WHEEL)
    assert write_locks.write_locks(upgrade=False, environment={}) == [folder / name for name in NAMES]
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        lock.name: format_lock(lock, [EVERY_WHEEL]) for lock in list_locks()
    }


def test_unchanged_lock_is_not_touched(folder: Path, resolve_to: Callable[..., object]) -> None:
    """Only the lock that differs is replaced; the others are the same files as before."""
    resolve_to(EVERY_WHEEL)
    write_locks.write_locks(upgrade=False, environment={})
    (folder / "cuda.txt").write_text("# an older lock\n")
    before = {path.name: path.stat().st_ino for path in folder.iterdir()}
    assert write_locks.write_locks(upgrade=False, environment={}) == [folder / "cuda.txt"]
    after = {path.name: path.stat().st_ino for path in folder.iterdir()}
    assert [name for name in before if before[name] != after[name]] == ["cuda.txt"]


def test_lock_that_cannot_be_made_stays_as_it_was(folder: Path, resolve_to: Callable[..., object]) -> None:
    """A package without a wheel for a promised platform is refused before anything is written."""
    (folder / "cpu.txt").write_text("# the lock before\n")
    resolve_to(make_package(X86_64))
    with pytest.raises(LockError, match=r"^No lock was made for cpu.txt: grid 1.0 has no wheel for Linux aarch64\."):
        write_locks.write_locks(upgrade=False, environment={})
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"cpu.txt": "# the lock before\n"}


@pytest.mark.parametrize(("upgrade", "previous"), [(False, ["grid==1.0"]), (True, [])])
def test_previous_versions_count_unless_upgrading(
    folder: Path, resolve_to: Callable[..., dict[str, list[str]]], upgrade: bool, previous: list[str]
) -> None:
    """uv is told what was locked, unless it should choose the newest versions."""
    (folder / "tools.txt").write_text(f"grid==1.0 \\\n    --hash=sha256:{'f' * 64}\n")
    given = resolve_to(EVERY_WHEEL)
    write_locks.write_locks(upgrade=upgrade, environment={})
    assert (given["tools.txt"], given["cuda.txt"]) == (previous, [])
