"""Bring the weights of the lock into the cache, with huggingface_hub's own client, endpoint, token and proxies.

A file is in its place whole and verified, or not at all: it arrives in the folder incoming/ of its repository, where
a download that was cut off goes on, and is moved only when its hash is the locked one. Left out: removing what the
lock no longer names, and Xet, which has stalled.
"""

import contextlib
import errno
import fcntl
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import httpx2
from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.file_download import http_get
from huggingface_hub.utils import build_hf_headers, disable_progress_bars  # type: ignore[attr-defined] # it is there

from interview_prep.weights import absent
from interview_prep.weights.cache import (
    Problem,
    compare_hash,
    file_size,
    find_damaged,
    ref_files,
    repository_folder,
    snapshot_folder,
)
from interview_prep.weights.models_lock import File, Model
from interview_prep.weights.reach import FetchError, require_hub

PARALLEL = 8  # downloads at once, as many as huggingface_hub's own
MAX_TRIES = 4  # of a file, where the Hub stumbles or sends something else than was asked for
PAUSE = 1.0  # seconds before the second try; twice as long before each further one
PERMANENT_ERRORS = {  # answers that another try does not change
    401: "the Hub wants a token: set HF_TOKEN (for an image HF_TOKEN_FILE)",
    403: "this token may not read it: accept the licence on the model's page, or set another HF_TOKEN",
    404: "the Hub has no such file at this commit",
    429: "the Hub asks for patience, after several tries: run it again later",
}


class HashMismatchError(Exception):
    """What arrived is not what is locked."""


@dataclass(frozen=True)
class Download:
    """A file on its way."""

    model: Model
    file: File

    @property
    def partial_path(self) -> Path:
        return repository_folder(self.model) / "incoming" / self.model.commit / self.file.path

    @property
    def final_path(self) -> Path:
        return snapshot_folder(self.model) / self.file.path

    def received_bytes(self) -> int:
        """Bytes that are here."""
        return file_size(self.partial_path) or file_size(self.final_path)


def fetch_models(models: Sequence[Model], watch: Callable[[Sequence[Download]], None]) -> list[Problem]:
    """Bring what is missing or damaged; what could not be brought.

    `watch` is called ten times a second with what is on its way. Raises FetchError where nothing can be written, and
    UnreachableError where no Hub answers.
    """
    constants.HF_HUB_OFFLINE = False  # who asks for a fetch asks for the network
    disable_progress_bars()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    with lock_cache():
        arrivals = [Download(model, file) for model, file in find_damaged(models)]
        for arrival in arrivals:
            arrival.final_path.unlink(missing_ok=True)  # it is damaged
        check_disk_space(arrivals)
        if arrivals:
            model = arrivals[0].model
            require_hub(model.repo, model.commit, [file.path for file in model.files])
        causes = zip(arrivals, download_all(arrivals, watch), strict=True)
        problems = [Problem(each.model.name, each.file.path, cause) for each, cause in causes if cause]
        for model in models:
            if model.name not in {problem.model for problem in problems}:
                write_refs(model)
    return problems


def download_all(arrivals: Sequence[Download], watch: Callable[[Sequence[Download]], None]) -> list[str]:
    """Several at once; why each failed, or "". An exception here, Ctrl-C for one, leaves the threads to the caller."""
    pool = ThreadPoolExecutor(PARALLEL)
    try:
        jobs = [pool.submit(download_file, arrival) for arrival in arrivals]
        while wait(jobs, timeout=0.1).not_done:
            watch(arrivals)
        watch(arrivals)
        return [job.result() for job in jobs]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextlib.contextmanager
def lock_cache() -> Iterator[None]:
    """One fetch at a time in this cache; the next waits, and finds what this one has brought."""
    cache = Path(constants.HF_HUB_CACHE)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        if not os.access(cache, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        lock = os.open(cache, os.O_RDONLY)
    except OSError as error:
        raise FetchError(
            f"{cache} cannot be written ({error.strerror}). "
            + (absent.say_how_to_bring("core") if absent.in_image() else "Set HF_HOME to a folder of your own.")
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def check_disk_space(arrivals: Sequence[Download]) -> None:
    needed = sum(arrival.file.size or 0 for arrival in arrivals) - sum(arrival.received_bytes() for arrival in arrivals)
    free = shutil.disk_usage(constants.HF_HUB_CACHE).free
    if free < needed:
        place = f"{constants.HF_HUB_CACHE}, which has {free / 1e9:.1f} GB"
        raise FetchError(f"{needed / 1e9:.1f} GB are needed in {place}. Make room, or set HF_HOME elsewhere.")


def download_file(arrival: Download) -> str:
    """Download one file, verify it and put it in its place; why that failed, or ""."""
    for attempt in range(MAX_TRIES):
        if attempt:
            time.sleep(PAUSE * 2 ** (attempt - 1))
        try:
            arrival.partial_path.parent.mkdir(parents=True, exist_ok=True)
            receive_file(arrival)
            arrival.final_path.parent.mkdir(parents=True, exist_ok=True)
            arrival.partial_path.replace(arrival.final_path)
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
            received = file_size(arrival.partial_path)  # huggingface_hub has counted
            cause = f"{received:,} bytes came, which is not the size of the file"
        else:
            return ""
    return cause


def receive_file(arrival: Download) -> None:
    """Download into the part, from where it ends; raises HashMismatchError, keeping nothing, where the hash differs."""
    file, repo = arrival.file, arrival.model.repo
    url = hf_hub_url(repo, file.path, revision=arrival.model.commit)
    expected, locked = file.size, file.sha256
    if expected is None or locked is None:
        about = get_hf_file_metadata(url)
        expected, locked = expected or about.size, locked or about.etag
    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}  # a range of a compressed file is no use
    with arrival.partial_path.open("ab", buffering=0) as part:
        if expected is None or part.tell() > expected:
            part.truncate(0)
            part.seek(0)
        http_get(url, part, resume_size=part.tell(), headers=headers, expected_size=expected)
    wrong = compare_hash(arrival.partial_path, locked) if locked else "the Hub names no hash of it"
    if wrong:
        arrival.partial_path.unlink()
        raise HashMismatchError(wrong)


def write_refs(model: Model) -> None:
    """All files of a model are in place: let its names lead to them."""
    for ref in ref_files(model):
        ref.parent.mkdir(parents=True, exist_ok=True)
        unfinished = ref.with_name(f"{ref.name}.new")
        unfinished.write_text(model.commit)
        unfinished.replace(ref)
    shutil.rmtree(repository_folder(model) / "incoming", ignore_errors=True)
