"""Three repositories on a Hub of this machine, the lock that fits them, and an empty cache to fetch them into."""

import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import constants

from interview_prep.paths import ROOT
from interview_prep.weights import fetch
from interview_prep.weights.models_lock import File, Model, format_file
from tests.support.hub import Hub, Repository, about
from tests.support.models_checkout import Checkout

RNG = random.Random(0)
REPOSITORIES = {
    "prep/first": {"config.json": 300, "model.safetensors": 700_000, "vocab.txt": 20_000},
    "prep/second": {"config.json": 200, "model.safetensors": 300_000, "1_Pooling/config.json": 100},
    "prep/third": {"config.json": 250, "model.safetensors": 500_000, "tokenizer.json": 90_000},
}


def repository(sizes: dict[str, int]) -> Repository:
    commit = RNG.randbytes(20).hex()
    return Repository(commit, {path: RNG.randbytes(size) for path, size in sizes.items()})


def locked(repo: str, repository: Repository, *, hashes: bool = True) -> Model:
    """The entry of the lock for a repository; its name is that of the repository without the owner."""
    files = tuple(
        File(path, len(content), about(path + ".safetensors", content)["lfs"]["sha256"]) if hashes else File(path)
        for path, content in repository.files.items()
    )
    return Model(repo.partition("/")[2], repo, repository.commit, "MIT", "core", files)


def lock_text(models: Sequence[Model]) -> str:
    """The lock that names these models."""
    return "\n".join(
        f'[{model.name}]\nrepo = "{model.repo}"\ncommit = "{model.commit}"\nlicence = "{model.licence}"\n'
        f'set = "{model.set}"\nfiles = [\n' + "".join(f"    {format_file(file)},\n" for file in model.files) + "]\n"
        for model in models
    )


@pytest.fixture(scope="session")
def repositories() -> dict[str, Repository]:
    return {name: repository(sizes) for name, sizes in REPOSITORIES.items()}


@pytest.fixture(scope="session")
def models(repositories: dict[str, Repository]) -> list[Model]:
    return [locked(name, content) for name, content in repositories.items()]


@pytest.fixture
def hub(repositories: dict[str, Repository]) -> Iterator[Hub]:
    """The Hub; its storage is on another host, as the real one's is."""
    with Hub(repositories, storage="localhost").serving() as serving:
        yield serving


@pytest.fixture
def cache(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache; huggingface_hub and the kit are set to use it and the Hub, and to lose patience soon."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    use(hub.endpoint, monkeypatch)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 1)
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1 << 16)  # it writes only when it has as much: 10 MB
    monkeypatch.setattr(fetch, "PAUSE", 0.01)
    for name in ("HF_HOME", "HF_TOKEN", "HF_TOKEN_PATH", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache"


def use(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As huggingface_hub would have it, had HF_ENDPOINT been set when it was imported."""
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", endpoint + "/{repo_id}/resolve/{revision}/{filename}")


def watch(_: object) -> None:
    """Nobody looks."""


@pytest.fixture
def checkout(tmp_path: Path, hub: Hub, models: list[Model]) -> Checkout:
    """Two models in the core set, the third in the full one."""
    made = Checkout(tmp_path, hub)
    shutil.copytree(ROOT / "interview_prep", tmp_path / "interview_prep", ignore=shutil.ignore_patterns("ml"))
    shutil.copy(ROOT / "tasks.py", tmp_path)
    made.lock.parent.mkdir(parents=True)
    made.lock.write_text(lock_text([*models[:2], replace(models[2], set="full")]))
    return made
