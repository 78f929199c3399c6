"""Download one file of a model, verify it, and put it in place, whole or not at all.

It arrives in its repository's folder incoming/, where an interrupted download can continue, and is moved only if its
hash is the locked one. Left out: Xet, which has stalled.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import httpx2
from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.file_download import http_get
from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined] # it is there

from interview_prep.weights.cache import compare_hash, file_size, repository_folder, snapshot_folder
from interview_prep.weights.models_lock import File, Model

MAX_TRIES = 4  # per file, in case the Hub fails for a moment or sends the wrong bytes
PAUSE_SECONDS = 1.0  # before the second try; twice as long before each further one
PERMANENT_ERRORS = {  # answers that another try won't change
    401: "the Hub wants a token: set HF_TOKEN (for an image, HF_TOKEN_FILE)",
    403: "this token isn't allowed to read it: accept the license on the model's page, or set another HF_TOKEN",
    404: "the Hub has no such file at this commit",
    429: "the Hub is limiting requests, even after several tries: run it again later",
}


class HashMismatchError(Exception):
    """The bytes that arrived are not the locked ones."""


@dataclass(frozen=True)
class Download:
    """One file to download: where it arrives, and where it belongs."""

    model: Model
    file: File

    @property
    def partial_path(self) -> Path:
        return repository_folder(self.model) / "incoming" / self.model.commit / self.file.path

    @property
    def final_path(self) -> Path:
        return snapshot_folder(self.model) / self.file.path

    def received_bytes(self) -> int:
        """How many bytes of the file have arrived."""
        return file_size(self.partial_path) or file_size(self.final_path)


def download_file(download: Download) -> str:
    """Download one file, verify it and put it in place. Returns why that failed, or ""."""
    for attempt in range(MAX_TRIES):
        if attempt:
            time.sleep(PAUSE_SECONDS * 2 ** (attempt - 1))
        try:
            download.partial_path.parent.mkdir(parents=True, exist_ok=True)
            receive_file(download)
            download.final_path.parent.mkdir(parents=True, exist_ok=True)
            download.partial_path.replace(download.final_path)
        except HfHubHTTPError as error:
            status = error.response.status_code
            cause = f"{status}, {PERMANENT_ERRORS.get(status, error.response.reason_phrase)}"
            if status in PERMANENT_ERRORS:
                return cause
        except httpx2.TransportError as error:  # after huggingface_hub's own tries
            return f"{constants.ENDPOINT}: {error or type(error).__name__}"
        except HashMismatchError as error:
            cause = str(error)
        except OSError as error:
            if error.strerror:
                return error.strerror
            received = file_size(download.partial_path)  # huggingface_hub has counted
            cause = f"{received:,} bytes arrived, which is not the file's size"
        else:
            return ""
    return cause


def receive_file(download: Download) -> None:
    """Download into the partial file, continuing where it ends.

    If the hash differs, remove the partial file and raise HashMismatchError.
    """
    file, repo = download.file, download.model.repo
    url = hf_hub_url(repo, file.path, revision=download.model.commit)
    expected_size, expected_hash = file.size, file.sha256
    if expected_size is None or expected_hash is None:
        metadata = get_hf_file_metadata(url)
        expected_size, expected_hash = expected_size or metadata.size, expected_hash or metadata.etag
    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}  # a range of a compressed file is no use
    with download.partial_path.open("ab", buffering=0) as partial:
        if expected_size is None or partial.tell() > expected_size:
            partial.truncate(0)
            partial.seek(0)
        http_get(url, partial, resume_size=partial.tell(), headers=headers, expected_size=expected_size)
    mismatch = compare_hash(download.partial_path, expected_hash) if expected_hash else "the Hub gives no hash for it"
    if mismatch:
        download.partial_path.unlink()
        raise HashMismatchError(mismatch)
