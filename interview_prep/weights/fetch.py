"""Fetch the locked weights into the cache, with huggingface_hub's own client, endpoint, token and proxies.

One fetch at a time per cache, several files at once. Left out: removing what the lock no longer names.
"""

import contextlib
import errno
import fcntl
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from huggingface_hub import constants
from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined] # it is there

from interview_prep.files import write_atomically
from interview_prep.weights import absent
from interview_prep.weights.cache import Problem, find_damaged, ref_files, repository_folder
from interview_prep.weights.download import Download, download_file
from interview_prep.weights.models_lock import Model
from interview_prep.weights.reach import FetchError, require_hub

PARALLEL = 8  # downloads at once, as many as huggingface_hub's own
Watch = Callable[[Sequence[Download]], None]


def fetch_models(models: Sequence[Model], watch: Watch) -> list[Problem]:
    """Fetch what is missing or damaged. Returns what could not be fetched.

    `watch` is called ten times a second with the downloads. Raises FetchError if nothing can be written, and
    UnreachableError if no Hub answers.
    """
    constants.HF_HUB_OFFLINE = False  # asking for a fetch means asking for the network
    disable_progress_bars()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    with lock_cache():
        downloads = [Download(model, file) for model, file in find_damaged(models)]
        for download in downloads:
            download.final_path.unlink(missing_ok=True)  # it is damaged
        check_disk_space(downloads)
        if downloads:
            model = downloads[0].model
            require_hub(model.repo, model.commit, [file.path for file in model.files])
        causes = zip(downloads, download_files(downloads, watch), strict=True)
        problems = [Problem(each.model.name, each.file.path, cause) for each, cause in causes if cause]
        incomplete = {problem.model for problem in problems}
        for model in models:
            if model.name not in incomplete:
                write_refs(model)
    return problems


def download_files(downloads: Sequence[Download], watch: Watch) -> list[str]:
    """Download several files at once. Returns why each failed, or "".

    An exception here, such as Ctrl-C, leaves the threads to the caller.
    """
    pool = ThreadPoolExecutor(PARALLEL)
    try:
        jobs = [pool.submit(download_file, download) for download in downloads]
        while wait(jobs, timeout=0.1).not_done:
            watch(downloads)
        watch(downloads)
        return [job.result() for job in jobs]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextlib.contextmanager
def lock_cache() -> Iterator[None]:
    """Let one process at a time fetch into this cache; the next one waits, and finds what this one has fetched."""
    cache = Path(constants.HF_HUB_CACHE)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        if not os.access(cache, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        lock = os.open(cache, os.O_RDONLY)
    except OSError as error:
        raise FetchError(
            f"Cannot write to {cache} ({error.strerror}). "
            + (absent.explain_fetch("core") if absent.in_image() else "Set HF_HOME to a folder of your own.")
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def check_disk_space(downloads: Sequence[Download]) -> None:
    """Raise FetchError if the cache's disk has less room than the rest of the downloads need."""
    needed = sum(download.file.size or 0 for download in downloads) - sum(each.received_bytes() for each in downloads)
    free = shutil.disk_usage(constants.HF_HUB_CACHE).free
    if free < needed:
        place = f"{constants.HF_HUB_CACHE}, which has {free / 1e9:.1f} GB free"
        raise FetchError(f"Need {needed / 1e9:.1f} GB in {place}. Make room, or set HF_HOME to another disk.")


def write_refs(model: Model) -> None:
    """Make a model's names point to its commit, once all its files are in place."""
    for ref in ref_files(model):
        ref.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(ref, model.commit)
    shutil.rmtree(repository_folder(model) / "incoming", ignore_errors=True)
