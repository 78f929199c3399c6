"""Lists folders for tests, without what Lab, macOS, Windows, editors and Python leave in them.

Left out: what git tracks. A test must give the same answer where there is no git, as in an image.
"""

import re
from pathlib import Path

LEFT_BEHIND = re.compile(r"\..*|#.*#|.*~|__pycache__|Thumbs\.db|desktop\.ini")


def list_files(folder: Path, pattern: str = "*") -> list[Path]:
    """The files below a folder whose names match, sorted."""
    return [
        path
        for path in sorted(folder.rglob(pattern))
        if path.is_file() and not any(map(LEFT_BEHIND.fullmatch, path.relative_to(folder).parts))
    ]
