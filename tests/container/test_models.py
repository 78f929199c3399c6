"""An image with weights, fetched while it was built from a Hub of this machine that wants a token.

The lock is one of the test's own; its repositories have the real ones' names and commits, and hold the kit's small
models. Not proven here: the public Hub and its bytes.
"""

import json
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from interview_prep.paths import ROOT
from interview_prep.weights.models_lock import load_models
from tests.container.engine import CPU, LOCKED_DOWN, checkout, command, run, succeed
from tests.support.hub import Hub, Repository
from tests.support.weights import format_lock, make_model

IMAGE = "prep-test:models"
TOKEN = f"hf_{secrets.token_hex(16)}"
SMALL = ROOT / "interview_prep" / "ml" / "huggingface" / "small_models"
LOAD = """
from transformers import AutoModel, AutoTokenizer, pipeline
for revision in ("main", "{commit}"):
    AutoModel.from_pretrained("{repo}", revision=revision)
    AutoTokenizer.from_pretrained("{repo}", revision=revision)
print(pipeline("sentiment-analysis")("What a wonderful film!")[0]["label"])
"""


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    """The core set under its own names, for those who have the token."""
    gateway = json.loads(succeed("docker", "network", "inspect", "bridge"))[0]["IPAM"]["Config"][0]["Gateway"]
    repositories = {
        model.repo: Repository(model.commit, {path.name: path.read_bytes() for path in files}, TOKEN)
        for model in load_models("core")
        if (files := [path for path in (SMALL / model.name).iterdir() if path.suffix in (".json", ".safetensors")])
    }
    with Hub(repositories, host=gateway).serving() as serving:
        yield serving


def build(hub: Hub, folder: Path, readme: str) -> None:
    """Build as the README says, with MODELS, HF_ENDPOINT and HF_TOKEN_FILE, a checkout with the fitting lock."""
    (folder / "token").write_text(TOKEN)
    models = [
        replace(make_model(model.repo, hub.repositories[model.repo]), name=model.name) for model in load_models("core")
    ]
    with checkout(folder, owner=os.getuid()) as copy:
        compose = copy.folder / "docker-compose.yml"
        compose.write_text(compose.read_text().replace(CPU, IMAGE))
        (copy.folder / "docker" / "locks" / "models.lock").write_text(format_lock(models))
        (copy.folder / "README.md").write_text(readme)
        settings = {"MODELS": "core", "HF_ENDPOINT": hub.endpoint, "HF_TOKEN_FILE": str(folder / "token")}
        command_line = ("docker", "compose", "--project-directory", str(copy.folder), "build", "lab")
        succeed(*command_line, env={**os.environ, **settings}, seconds=600)


@pytest.fixture(scope="module", autouse=True)
def _image(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    build(hub, tmp_path_factory.mktemp("models"), readme="first")
    yield
    command("docker", "image", "rm", IMAGE)


def test_the_examples_use_the_fetched_weights_without_a_network_as_any_user() -> None:
    """A UID without a name, a read-only root, no network: each task of the set says the repository and the commit."""
    script = "interview_prep/ml/huggingface/pipelines_and_inference.py"
    done = run(IMAGE, "python", script, options=(*LOCKED_DOWN, "--user", "12345"))
    assert (done.returncode, done.stderr) == (0, "")
    for model in load_models("core"):
        assert f"{model.name}: {model.repo} at {model.commit[:7]}\n" in done.stdout
    assert "entities: a small stand-in" in done.stdout


def test_a_model_is_found_by_name_by_commit_and_by_the_pipeline_that_pins_it() -> None:
    """With nothing but the repository's name, as in anybody's own script."""
    sentiment = load_models("core")[0]
    done = run(IMAGE, "python", "-c", LOAD.format(repo=sentiment.repo, commit=sentiment.commit))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "POSITIVE\n"


def test_every_byte_is_verified_inside() -> None:
    """By the task, and by the doctor."""
    assert run(IMAGE, "invoke", "models", "--verify").returncode == 0
    assert "as locked: sentiment, embeddings, generation" in run(IMAGE, "invoke", "doctor").stdout


def test_weights_are_root_s_and_readable_by_all() -> None:
    """Nobody changes what was verified."""
    found = run(IMAGE, "find", "/opt/models", "!", "-user", "root", "-o", "!", "-perm", "-o=r", "-o", "-perm", "-o=w")
    assert (found.stdout, found.stderr) == ("", "")
    assert run(IMAGE, "find", "/opt/models", "-name", "incoming").stdout == ""


def test_neither_token_nor_endpoint_is_in_the_image(hub: Hub) -> None:
    """Not in its history, its settings, its files."""
    address = re.escape(hub.endpoint.removeprefix("http://"))
    told = succeed("docker", "history", "--no-trunc", IMAGE) + succeed("docker", "image", "inspect", IMAGE)
    assert not re.search(f"{TOKEN}|{address}", told)
    look = f"grep -rlE '{TOKEN}|{address}' / --exclude-dir=proc --exclude-dir=sys 2>/dev/null"
    assert succeed("docker", "run", "--rm", "--user", "0", IMAGE, "sh", "-c", f"{look}; true") == ""


def test_a_changed_source_does_not_fetch_again(hub: Hub, tmp_path: Path) -> None:
    """Weights come before the source, and from a lock that has not changed."""
    asked = len(hub.requests)
    assert asked > 0
    build(hub, tmp_path, readme="changed")
    assert run(IMAGE, "cat", "README.md").stdout == "changed"
    assert len(hub.requests) == asked
