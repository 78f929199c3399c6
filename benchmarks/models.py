"""Verifying every byte of a cache as large as the core set: the work of `invoke models --verify`, without its start.

The cache is made here, of random bytes. Both sides run in turns and the quickest of three counts, so that both see a
warm page cache.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256

from huggingface_hub import constants

from benchmarks.measurement import CommandError, Row, time_command
from interview_prep.weights import cache
from interview_prep.weights.models_lock import File, Model

SIZES = {"sentiment": 267_832_558, "embeddings": 90_868_376, "generation": 269_060_552}  # bytes, those of the core set


def measure() -> Iterator[Row]:
    """One row, for all models together."""
    cache_before = constants.HF_HUB_CACHE
    with tempfile.TemporaryDirectory() as folder:
        constants.HF_HUB_CACHE = folder
        try:
            yield compare_with_sha256sum([make_random_model(name, size) for name, size in SIZES.items()])
        finally:
            constants.HF_HUB_CACHE = cache_before


def compare_with_sha256sum(models: list[Model]) -> Row:
    """Verify the models, and let sha256sum read the same files."""
    paths = [str(cache.snapshot_folder(model) / file.path) for model in models for file in model.files]
    times, baselines = [], []
    for _ in range(3):
        baselines.append(time_command(["sha256sum", *paths]))
        begin = time.perf_counter()
        if cache.verify_models(models):
            raise CommandError("The files that were just written have other bytes: is the disk full?")
        times.append(time.perf_counter() - begin)
    gigabytes = sum(SIZES.values()) / 1e9
    what = f"verify {gigabytes:.2f} GB of weights"
    return Row(what, min(times), "sha256sum", min(baselines), "s", "ratio ≤ 1.43")


def make_random_model(name: str, size: int) -> Model:
    """A model of one file of random bytes, written to where the cache has it."""
    content = os.urandom(size)
    files = (File("weights", size, sha256(content).hexdigest()),)
    model = Model(name, f"bench/{name}", "0" * 40, "none", "core", files)
    cache.snapshot_folder(model).mkdir(parents=True)
    (cache.snapshot_folder(model) / "weights").write_bytes(content)
    for ref in cache.ref_files(model):
        ref.parent.mkdir(exist_ok=True)
        ref.write_text(model.commit)
    return model
