"""Write a file so that whoever reads it finds all of it or none of it.

Left out: files that only ever grow, and anything about other processes that write the same file. Runs on Python 3.9,
because `prep` needs it before there is an environment.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace `path` with `content`, text as UTF-8, in one step. Where it cannot: OSError, and the old file stays."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
