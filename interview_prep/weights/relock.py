"""Lock the newest commit of a model: size and sha256 of every listed file, as the Hub has them now.

Left out: adding a model or a file to the lock, which a person does, and writing the lock (commands.py).
"""

import hashlib
import tempfile
from typing import Any

import httpx2
from huggingface_hub import HfApi, constants, hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

from interview_prep.errors import one_line
from interview_prep.weights import models_lock
from interview_prep.weights.edit_lock import find_listed_files, replace_model
from interview_prep.weights.models_lock import File
from interview_prep.weights.reach import FetchError, require_hub


def relock_model(name: str) -> tuple[str, str]:
    """The lock's text now, and with one model at the newest commit of the Hub's main branch.

    Raises ModelsLockError if the lock has no such model, FetchError if the Hub doesn't answer or lacks a file.
    """
    constants.HF_HUB_OFFLINE = False
    text = models_lock.LOCK.read_text(encoding="utf-8")
    repo, paths = find_listed_files(text, name)
    require_hub(repo, "main", paths)
    try:
        info = HfApi().model_info(repo, files_metadata=True)
        siblings = {file.rfilename: file for file in info.siblings or []}
        gone = [path for path in paths if path not in siblings]
        if gone or not info.sha:
            raise FetchError(f"{repo} no longer has {', '.join(gone)}. Change the list in the lock first.")
        after = replace_model(text, name, info.sha, [look_up_file(repo, info.sha, siblings[path]) for path in paths])
    except (HfHubHTTPError, LocalEntryNotFoundError, httpx2.HTTPError) as error:
        raise FetchError(one_line(error)) from None
    models_lock.parse_lock(after)
    return text, after


def look_up_file(repo: str, commit: str, file: Any) -> File:
    """Size and sha256 of a file: the Hub knows a large file's hash; a small file is fetched and hashed."""
    if file.lfs:
        return File(file.rfilename, file.lfs.size, file.lfs.sha256)
    with tempfile.TemporaryDirectory() as folder:
        path = hf_hub_download(repo, file.rfilename, revision=commit, local_dir=folder)
        with open(path, "rb") as content:  # noqa: PTH123 - the path is huggingface_hub's
            return File(file.rfilename, file.size, hashlib.file_digest(content, "sha256").hexdigest())
