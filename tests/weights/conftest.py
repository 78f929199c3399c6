"""Three repositories on a Hub of this machine, the lock that fits them, and an empty cache to fetch them into."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from huggingface_hub import constants, file_download
from huggingface_hub.utils import _http

from interview_prep.paths import ROOT
from interview_prep.weights import download, reach
from interview_prep.weights.models_lock import Model
from tests.support.hub import Hub, Repository
from tests.support.models_checkout import Checkout
from tests.support.weights import format_lock, make_model, make_repository, set_endpoint

REPOSITORIES = {
    "prep/first": {"config.json": 300, "model.safetensors": 700_000, "vocab.txt": 20_000},
    "prep/second": {"config.json": 200, "model.safetensors": 300_000, "1_Pooling/config.json": 100},
    "prep/third": {"config.json": 250, "model.safetensors": 500_000, "tokenizer.json": 90_000},
}


@pytest.fixture(scope="session")
def repositories() -> dict[str, Repository]:
    return {name: make_repository(sizes) for name, sizes in REPOSITORIES.items()}


@pytest.fixture(scope="session")
def models(repositories: dict[str, Repository]) -> list[Model]:
    return [make_model(name, content) for name, content in repositories.items()]


@pytest.fixture
def hub(repositories: dict[str, Repository]) -> Iterator[Hub]:
    """The Hub; its storage is on another host, as the real one's is."""
    with Hub(repositories, storage="localhost").serving() as serving:
        yield serving


@pytest.fixture
def cache(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache; huggingface_hub and the kit are set to use it and the Hub, and to wait only briefly."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    set_endpoint(hub.endpoint, monkeypatch)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 1)
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1 << 16)  # it writes only when it has as much: 10 MB
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(reach, "PAUSE_SECONDS", 0.01)
    quick = SimpleNamespace(**{**vars(time), "sleep": lambda seconds: time.sleep(seconds / 100)})
    for module in (file_download, _http):  # where huggingface_hub tries again
        monkeypatch.setattr(module, "time", quick)
    for name in ("HF_HOME", "HF_TOKEN", "HF_TOKEN_PATH", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache"


@pytest.fixture
def checkout(tmp_path: Path, hub: Hub, models: list[Model]) -> Checkout:
    """Two models in the core set, the third in the full one."""
    made = Checkout(tmp_path, hub)
    shutil.copytree(ROOT / "interview_prep", tmp_path / "interview_prep", ignore=shutil.ignore_patterns("ml"))
    shutil.copy(ROOT / "tasks.py", tmp_path)
    made.lock.parent.mkdir(parents=True)
    made.lock.write_text(format_lock([*models[:2], replace(models[2], set="full")]))
    return made
