"""Repositories of random bytes for the tests' Hub, and the lock that fits them."""

import random
from collections.abc import Mapping, Sequence

import pytest
from huggingface_hub import constants

from interview_prep.weights.edit_lock import format_file
from interview_prep.weights.models_lock import File, Model
from tests.support.hub import Repository, describe_file

RNG = random.Random(0)


def make_repository(sizes: Mapping[str, int]) -> Repository:
    """A repository with random bytes: path to size."""
    return Repository(RNG.randbytes(20).hex(), {path: RNG.randbytes(size) for path, size in sizes.items()})


def make_model(repo: str, repository: Repository, *, hashes: bool = True) -> Model:
    """The entry of the lock for a repository; its name is that of the repository without the owner."""
    files = tuple(
        File(path, len(content), describe_file(path, content)["sha256"]) if hashes else File(path)
        for path, content in repository.files.items()
    )
    return Model(repo.partition("/")[2], repo, repository.commit, "MIT", "core", files)


def format_lock(models: Sequence[Model]) -> str:
    """The text of the lock that names these models."""
    return "\n".join(
        f'[{model.name}]\nrepo = "{model.repo}"\ncommit = "{model.commit}"\nlicense = "{model.license}"\n'
        f'set = "{model.set}"\nfiles = [\n' + "".join(f"    {format_file(file)},\n" for file in model.files) + "]\n"
        for model in models
    )


def set_endpoint(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let huggingface_hub use this Hub, as if HF_ENDPOINT had been set when it was imported."""
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", endpoint + "/{repo_id}/resolve/{revision}/{filename}")


def ignore_progress(_: object) -> None:
    """Watch no download."""
