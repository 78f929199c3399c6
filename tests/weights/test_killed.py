"""Fifty fetches killed at any moment: what is in place is right, and the next fetch brings the rest."""

import os
import random
import shutil
import signal
import time
from pathlib import Path

from interview_prep.weights.cache import compare_hash, snapshot_folder, verify_models
from interview_prep.weights.fetch import fetch_models
from interview_prep.weights.models_lock import Model
from tests.support.hub import Hub
from tests.support.weights import ignore_progress

KILLS = 50
SPEED = 6_000_000  # bytes a second of each file: the largest takes a ninth of a second
LATEST = 0.18  # seconds after which a fetch is killed at the latest


def start_fetch(models: list[Model]) -> int:
    """Fetch in a forked process, which starts at once; return its id."""
    child = os.fork()
    if child == 0:
        os._exit(len(fetch_models(models, ignore_progress)))
    return child


def find_wrong_files(models: list[Model]) -> list[str]:
    """Files that are in place and not as locked."""
    paths = {snapshot_folder(model) / file.path: file.sha256 or "" for model in models for file in model.files}
    return [str(path) for path, sha256 in paths.items() if path.exists() and compare_hash(path, sha256)]


def test_no_kill_leaves_a_wrong_file_in_place(hub: Hub, models: list[Model], cache: Path) -> None:
    """Every second fetch starts from what the killed one left, and the fetch after that is complete."""
    moments = random.Random(1)
    unfinished = 0
    for kill in range(KILLS):
        hub.speed = SPEED
        child = start_fetch(models)
        time.sleep(moments.uniform(0, LATEST))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert find_wrong_files(models) == []
        unfinished += bool(verify_models(models))
        if kill % 2:  # otherwise the next one goes on from here
            hub.speed = 0
            assert fetch_models(models, ignore_progress) == []
            assert verify_models(models) == []
            shutil.rmtree(cache)
    assert unfinished > KILLS / 3  # the kills did come in the middle
