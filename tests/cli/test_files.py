"""A file is replaced whole, or stays as it was."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from interview_prep.files import write_atomically


@contextmanager
def limited_file_size(size: int) -> Iterator[None]:
    """Let every write beyond `size` bytes fail, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize(("content", "expected"), [("née\n", b"n\xc3\xa9e\n"), (b"\r\n\0", b"\r\n\0")])
def test_write_replaces_the_whole_file(tmp_path: Path, content: str | bytes, expected: bytes) -> None:
    """Text is written as UTF-8, bytes as they are, and nothing else is left in the folder."""
    path = tmp_path / "file"
    path.write_text("something longer than the new content\n")
    write_atomically(path, content)
    assert path.read_bytes() == expected
    assert list(tmp_path.iterdir()) == [path]


def test_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    """A write that fails in the middle raises OSError and leaves no partial file."""
    path = tmp_path / "file"
    path.write_text("old")
    with limited_file_size(10), pytest.raises(OSError, match="too large"):
        write_atomically(path, "x" * 100)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_path_that_cannot_be_replaced_leaves_no_partial_file(tmp_path: Path) -> None:
    """Such as a folder in the file's place: OSError, and the folder stays."""
    path = tmp_path / "file"
    (path / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="file"):
        write_atomically(path, "new")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert (path / "inside").is_dir()


def test_missing_folder_is_not_made(tmp_path: Path) -> None:
    """Whoever writes decides where: OSError."""
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "missing" / "file", "new")
    assert list(tmp_path.iterdir()) == []
