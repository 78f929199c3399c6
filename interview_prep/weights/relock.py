"""A new entry for models.lock from what the Hub has now: the newest commit, size and sha256 of every listed file."""

import hashlib
import tempfile
from typing import Any

import httpx2
from huggingface_hub import HfApi, constants, hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

from interview_prep.weights.models_lock import LOCK, File, find_listed_files, parse_lock, replace_model
from interview_prep.weights.reach import FetchError, require_hub


def relock_model(name: str) -> tuple[str, str]:
    """The lock's text now, and with one model at the head of the Hub's main branch.

    Raises LockError where the lock has no such model, FetchError where the Hub does not answer or lacks a listed file.
    """
    constants.HF_HUB_OFFLINE = False
    text = LOCK.read_text(encoding="utf-8")
    repo, paths = find_listed_files(text, name)
    require_hub(repo, "main", paths)
    try:
        info = HfApi().model_info(repo, files_metadata=True)
        there = {file.rfilename: file for file in info.siblings or []}
        gone = [path for path in paths if path not in there]
        if gone or not info.sha:
            raise FetchError(f"{repo} has no {', '.join(gone)} any more. Change the list in the lock first.")
        after = replace_model(text, name, info.sha, [look_up_file(repo, info.sha, there[path]) for path in paths])
    except (HfHubHTTPError, LocalEntryNotFoundError, httpx2.HTTPError) as error:
        raise FetchError(str(error).strip().splitlines()[0]) from None
    parse_lock(after)
    return text, after


def look_up_file(repo: str, commit: str, file: Any) -> File:
    """A large file's hash is known to the Hub; a small one is fetched and hashed."""
    if file.lfs:
        return File(file.rfilename, file.lfs.size, file.lfs.sha256)
    with tempfile.TemporaryDirectory() as folder:
        path = hf_hub_download(repo, file.rfilename, revision=commit, local_dir=folder)
        with open(path, "rb") as content:  # noqa: PTH123 - the path is huggingface_hub's
            return File(file.rfilename, file.size, hashlib.file_digest(content, "sha256").hexdigest())


def write_lock(text: str) -> None:
    """Replace the lock at once."""
    unfinished = LOCK.with_suffix(".new")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(LOCK)
