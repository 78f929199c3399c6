"""Clones of this checkout, made by git under other settings, and the bytes in them."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from interview_prep.paths import ROOT

AUTHOR = ("-c", "user.name=Test", "-c", "user.email=test@localhost")


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True).stdout


def clone(folder: Path, *options: str, umask: int = -1) -> Path:
    """Clone what git tracks here or would track, as `git clone` under these options and this umask makes it."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("This is no git checkout, or there is no git.")
    source, made = folder / "source", folder / "kit"
    for name in git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    git(source, "init", "--quiet")
    git(source, "-c", "core.autocrlf=false", "add", "--all")
    git(source, *AUTHOR, "commit", "--quiet", "--message", "All")
    subprocess.run(["git", "clone", "--quiet", *options, source, made], umask=umask, check=True, capture_output=True)
    return made


def read_index(checkout: Path) -> dict[str, str]:
    """Each tracked file's name and the id of its bytes in the index."""
    entries = (entry.split("\t") for entry in git(checkout, "ls-files", "--stage", "-z").split("\0") if entry)
    return {name: facts.split()[1] for facts, name in entries}


def hash_files(folder: Path) -> dict[str, str]:
    """Each file's name below a folder and the id that git gives to its bytes, .git left out."""
    paths = [path for path in folder.rglob("*") if path.is_file() and folder / ".git" not in path.parents]
    return {str(path.relative_to(folder)): blob_id(path.read_bytes()) for path in paths}


def blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
