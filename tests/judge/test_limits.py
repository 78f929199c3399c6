"""The limits of an answer's process, each reached in a fork."""

import errno
import resource
from pathlib import Path

from interview_prep.judge.limits import FILE_BYTES, MEMORY_BYTES, set_rlimits
from tests.support.forked import run_in_fork


def test_memory_ends_at_its_limit() -> None:
    """Less than the limit can be allocated on top of what the process has, more raises MemoryError."""

    def allocate(size: int) -> int:
        set_rlimits()
        return len(bytearray(size))

    assert run_in_fork(lambda: allocate(MEMORY_BYTES // 2)) == MEMORY_BYTES // 2
    assert isinstance(run_in_fork(lambda: allocate(MEMORY_BYTES + (64 << 20))), MemoryError)


def test_file_ends_at_its_limit(tmp_path: Path) -> None:
    """A file can be as long as the limit and not a byte longer; the process lives."""

    def write_past_the_end() -> int | None:
        set_rlimits()
        with (tmp_path / "file").open("wb", buffering=0) as file:
            file.seek(FILE_BYTES - 1)
            file.write(b"x")
            try:
                file.write(b"x")
            except OSError as error:
                return error.errno
        return None

    assert run_in_fork(write_past_the_end) == errno.EFBIG
    assert (tmp_path / "file").stat().st_size == FILE_BYTES


def test_no_core_is_dumped() -> None:
    """An answer that aborts leaves no core file, whatever the person has allowed."""

    def read_limit() -> tuple[int, int]:
        set_rlimits()
        return resource.getrlimit(resource.RLIMIT_CORE)

    assert run_in_fork(read_limit) == (0, 0)
