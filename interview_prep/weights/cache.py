"""Where the locked weights are in the Hub's own cache, and whether every byte of them is as locked.

Files in snapshots/COMMIT are plain files or links. The files in refs/ name the commit, so that from_pretrained finds it
offline by the repository's name and by the commit's first seven characters, which pipelines pin. Left out: fetching.
"""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import constants
from huggingface_hub.file_download import repo_folder_name

from interview_prep.weights.models_lock import File, Model


@dataclass(frozen=True)
class Problem:
    """What is wrong with one file of one model."""

    model: str
    file: str
    cause: str

    def __str__(self) -> str:
        return f"{self.model}: {self.file}: {self.cause}"


def repository_folder(model: Model) -> Path:
    """The folder of a model's repository in the Hub's cache."""
    return Path(constants.HF_HUB_CACHE) / repo_folder_name(repo_id=model.repo, repo_type="model")


def snapshot_folder(model: Model) -> Path:
    """The folder of the locked commit; from_pretrained accepts it instead of a name."""
    return repository_folder(model) / "snapshots" / model.commit


def ref_files(model: Model) -> list[Path]:
    """The files that name the commit, for code that asks for the repository alone and for pipelines."""
    return [repository_folder(model) / "refs" / name for name in ("main", model.commit[:7])]


def verify_models(models: Sequence[Model], *, hashes: bool = True) -> list[Problem]:
    """Compare every file with the lock, each byte of it with `hashes`. Returns what is wrong, in the lock's order."""
    damaged = find_damaged(models, hashes=hashes)
    problems = [Problem(model.name, file.path, cause) for (model, file), cause in damaged.items()]
    broken = {model for model, _ in damaged}
    return problems + [
        Problem(model.name, f"refs/{ref.name}", "does not name the locked commit")
        for model in models
        for ref in ref_files(model)
        if model not in broken and not (ref.exists() and ref.read_text() == model.commit)
    ]


def find_damaged(models: Sequence[Model], *, hashes: bool = True) -> dict[tuple[Model, File], str]:
    """The files that are not as locked, with what is wrong. Hashes in threads, because hashing releases the GIL."""
    files = [(model, file) for model in models for file in model.files]
    largest_first = sorted(files, key=lambda each: -file_size(snapshot_folder(each[0]) / each[1].path))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda each: find_damage(*each, hashes=hashes), largest_first)
        causes = dict(zip(largest_first, results, strict=True))
    return {each: causes[each] for each in files if causes[each]}


def file_size(path: Path) -> int:
    """A file's size in bytes; 0 if there is no file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def find_damage(model: Model, file: File, *, hashes: bool = True) -> str:
    """What is wrong with a file in the cache, or ""."""
    path = snapshot_folder(model) / file.path
    if not path.exists():
        return "missing"
    if file.size not in (None, file_size(path)):
        return f"{file_size(path):,} bytes, but the lock says {file.size:,}"
    return compare_hash(path, file.sha256) if hashes and file.sha256 else ""


def compare_hash(path: Path, expected: str) -> str:
    """How a file's hash differs from a sha256, or from git's own shorter hash; "" if it's the same."""
    with path.open("rb") as file:
        if len(expected) == hashlib.sha256().digest_size * 2:
            actual = hashlib.file_digest(file, "sha256").hexdigest()
        else:
            git = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
            actual = hashlib.file_digest(file, lambda: git).hexdigest()
    return "" if actual == expected else f"hash {actual[:12]}, not {expected[:12]}"
