"""Runs a function in a fork of the test's process, so that what it does for good ends there: limits, audit hooks.

Left out: forks that use OpenMP. They hang after a parallel region in the parent.
"""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any


def run_in_fork(function: Callable[[], Any]) -> Any:
    """What the function returns, or the exception that it raises; None where the fork ends by itself."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001 - it is handed to the test
            result = error
        try:
            os.write(write_end, pickle.dumps(result))
        finally:
            os._exit(0)
    os.close(write_end)
    content = b"".join(iter(lambda: os.read(read_end, 1 << 16), b""))
    os.close(read_end)
    os.waitpid(pid, 0)
    return pickle.loads(content) if content else None


def list_children(pid: int) -> list[int]:
    """The processes that a process has started itself."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
