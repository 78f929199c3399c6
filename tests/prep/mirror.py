"""A stand-in for the place that uv fetches Pythons from: one archive, made of the Python below these tests.

Left out: what an environment does not need of a Python, so that the archive is made in seconds.
"""

import hashlib
import json
import platform
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tests.prep.checkout import base_python

LEFT_OUT = {"test", "site-packages", "dist-packages", "ensurepip", "venv", "idlelib", "tkinter", "__pycache__"}


@dataclass(frozen=True)
class Mirror:
    """The archive, and a list of downloads as uv reads it that names this archive alone."""

    archive: Path
    downloads: str


def make_mirror(folder: Path, address: str, prefix: Path | None = None) -> Mirror:
    """Make both in `folder`, which is served at `address`."""
    folder.mkdir(parents=True)
    archive = folder / "cpython-3.11.tar.gz"
    make_archive(archive, prefix or base_python().parent.parent)
    return Mirror(archive, write_downloads(folder / "downloads.json", f"{address}/{archive.name}", archive))


def make_archive(archive: Path, prefix: Path) -> None:
    """Pack python/bin and python/lib; a Python finds its library beside itself, wherever it is unpacked."""
    with tarfile.open(archive, "w:gz", compresslevel=1, dereference=True) as tar:
        tar.add(prefix / "bin" / "python3.11", "python/bin/python3.11")
        for library in (prefix / "lib").glob("libpython3.11.*"):
            tar.add(library, f"python/lib/{library.name}")
        tar.add(prefix / "lib" / "python3.11", "python/lib/python3.11", filter=filter_member)


def filter_member(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out what takes most of the space."""
    return None if LEFT_OUT & set(info.name.split("/")) or "/config-" in info.name else info


def write_downloads(path: Path, url: str, archive: Path) -> str:
    """Write what uv knows about a download, its hash included."""
    apple = sys.platform == "darwin"
    entry = {
        "name": "cpython",
        "arch": {"family": "aarch64" if platform.machine() == "arm64" else platform.machine(), "variant": None},
        "os": sys.platform,
        "libc": "none" if apple else "gnu",
        "major": 3,
        "minor": 11,
        "patch": int(platform.python_version_tuple()[2]),
        "prerelease": "",
        "url": url,
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "variant": None,
        "build": "1",
    }
    path.write_text(json.dumps({"cpython-3.11": entry}))
    return str(path)


def unpack_archive(archive: Path, folder: Path) -> Path:
    """Return a Python 3.11 without pip, venv and ensurepip, as Debian's python3 package has it."""
    folder.mkdir()
    subprocess.run(["tar", "xzf", archive, "-C", folder], check=True)
    return folder / "python" / "bin" / "python3.11"
