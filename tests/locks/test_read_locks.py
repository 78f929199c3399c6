"""A lock read back: versions for this machine, and one line where the file cannot be read."""

import sys
from pathlib import Path

import pytest

from interview_prep.locks import read_locks
from interview_prep.locks.read_locks import LockError, parse_requirements, read_locked_versions

TEXT = f"""\
# A comment.
grid==1.0 \\
    --hash=sha256:{"0" * 64}
    # grid-1.0-py3-none-any.whl
here==2.0+cpu ; sys_platform == "{sys.platform}" \\
    --hash=sha256:{"1" * 64}
elsewhere==3.0 ; sys_platform == "win32" \\
    --hash=sha256:{"2" * 64}
"""


def test_lock_gives_the_versions_for_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A package that only another system installs is not among them."""
    monkeypatch.setattr(read_locks, "LOCKS", tmp_path)
    (tmp_path / "cpu.txt").write_text(TEXT)
    assert read_locked_versions("cpu.txt") == {"grid": "1.0", "here": "2.0+cpu"}
    assert [each.name for each in parse_requirements(TEXT)] == ["grid", "here", "elsewhere"]


def test_missing_lock_is_an_error_with_the_next_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The door prints it and exits with 2."""
    monkeypatch.setattr(read_locks, "LOCKS", tmp_path)
    with pytest.raises(LockError) as error:
        read_locked_versions("cpu.txt")
    assert str(error.value) == (
        "Cannot read docker/locks/cpu.txt (No such file or directory). `git checkout docker/locks` restores it."
    )
