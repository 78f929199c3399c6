"""The builds of a person whose network has no Hub, a Hub that refuses, and one that goes away halfway.

Only the stage with the weights is built, on the packages of the image under test, with a lock and a Hub of its own.
The bytes of every line are tested in tests/weights; here it is Docker that keeps, repeats and hides things.
"""

import json
import os
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from interview_prep.weights import absent
from tests.container.engine import CPU, Checkout, checkout, command, free_port, run, succeed
from tests.support.hub import Hub, Repository
from tests.support.weights import format_lock, make_model

PACKAGES, WEIGHTS = "prep-test:packages", "prep-test:weights"
RNG = random.Random(2)
REPO = "prep/only"
FILES = {name: RNG.randbytes(1000) for name in ("config.json", "model.safetensors", "vocab.txt")}
REPOSITORY = Repository(RNG.randbytes(20).hex(), FILES)
OVERRIDE = f"""
services:
  lab:
    image: {WEIGHTS}
    build:
      target: models
      additional_contexts: {{packages: "docker-image://{PACKAGES}"}}
"""
COMMAND = "MODELS_REQUIRED=1 docker compose build lab"
ADVICE = "Set HF_ENDPOINT to a Hub that has them, or MODELS=none to build without pretrained weights."


@pytest.fixture(scope="module")
def gateway() -> str:
    """The name of this machine in a build."""
    found: str = json.loads(succeed("docker", "network", "inspect", "bridge"))[0]["IPAM"]["Config"][0]["Gateway"]
    return found


@pytest.fixture(scope="module")
def _packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the stage with the weights is built on: the image under test, as root and without weights."""
    folder = tmp_path_factory.mktemp("packages")
    (folder / "Dockerfile").write_text(f"FROM {CPU}\nUSER 0\nRUN rm -rf /opt/models/*\nENTRYPOINT []\n")
    succeed("docker", "build", "--quiet", "--tag", PACKAGES, str(folder))
    yield
    command("docker", "image", "rm", PACKAGES, WEIGHTS)


@pytest.fixture(scope="module")
def copy(_packages: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout whose service `lab` is the stage with the weights, and whose lock names the test's model."""
    with checkout(tmp_path_factory.mktemp("without-hub"), owner=os.getuid()) as made:
        (made.folder / "docker-compose.override.yml").write_text(OVERRIDE)
        assert made.compose("config", "--images") == f"{WEIGHTS}\n"  # no build here names the image under test
        (made.folder / "docker" / "locks" / "models.lock").write_text(format_lock([make_model(REPO, REPOSITORY)]))
        yield made


def build(copy: Checkout, endpoint: str, **variables: str) -> tuple[bool, str]:
    """`docker compose build lab` with this Hub; whether it succeeded, and what it printed on either stream."""
    own = ("MODELS", "HF_")
    kept = {name: value for name, value in copy.environment().items() if not name.startswith(own)}
    words = ("docker", "compose", "--progress", "plain", "--project-directory", str(copy.folder), "build", "lab")
    done = command(*words, env={**kept, "HF_ENDPOINT": endpoint, **variables}, seconds=600)
    return done.returncode == 0, done.stdout + done.stderr


def found() -> set[str]:
    """The files among the weights of the image."""
    done = run(WEIGHTS, "find", "/opt/models", "-type", "f", "-printf", "%f\n")
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_build_goes_on_without_a_hub_and_the_command_that_it_names_brings_the_weights(
    copy: Checkout, gateway: str, tmp_path: Path
) -> None:
    """Docker keeps the result of a step: the same command would not ask a Hub that is in reach by then."""
    port = free_port()
    endpoint = f"http://{gateway}:{port}"
    built, output = build(copy, endpoint)
    assert built, output
    warnings = [line for line in output.splitlines() if f"WARNING: {endpoint} cannot be reached (" in line]
    assert len(warnings) == 1
    assert warnings[0].endswith(f"run `{COMMAND}`.")
    assert found() == {absent.NOTE}

    note = run(WEIGHTS, "cat", absent.IN_IMAGE).stdout
    assert (endpoint in note, COMMAND in note) == (False, True)
    (tmp_path / absent.NOTE).write_text(note)
    tmp_path.chmod(0o755)
    seen = ("--volume", f"{tmp_path}:/opt/models:ro", "--env", "COLUMNS=500")
    assert note.strip() in run(CPU, "invoke", "doctor", options=seen).stdout
    fetched = run(CPU, "invoke", "models", "--fetch", options=seen)
    assert (fetched.returncode, fetched.stderr.count("\n")) == (2, 1)
    assert f"The weights are part of the image. To get them, run `{COMMAND}` outside the container." in fetched.stderr

    with Hub({REPO: REPOSITORY}, host=gateway, port=port).serving() as hub:
        assert build(copy, endpoint)[0]
        assert (hub.requests, found()) == ([], {absent.NOTE})
        built, output = build(copy, endpoint, MODELS_REQUIRED="1")
    assert built, output
    assert found() == {*FILES, "main", REPOSITORY.commit[:7]}


def test_the_last_line_of_a_build_says_that_weights_are_missing(copy: Checkout, gateway: str) -> None:
    """`invoke build` looks into the image that it has made."""
    hub = {"HF_ENDPOINT": f"http://{gateway}:{free_port()}", "MODELS": "core", "MODELS_REQUIRED": ""}
    invoke = ("sh", "-c", f"cd '{copy.folder}' && exec '{sys.executable}' -m invoke build")
    output = succeed(*invoke, env={**copy.environment(), **hub}, seconds=600)
    assert output.splitlines()[-1].endswith(f"run `{COMMAND}`.")


def test_required_weights_fail_the_build_without_a_hub(copy: Checkout, gateway: str) -> None:
    """In one line of the step, which Docker shows again at the end."""
    built, output = build(copy, f"http://{gateway}:{free_port()}", MODELS_REQUIRED="1")
    assert not built
    assert f"MODELS_REQUIRED=1 requires weights. {ADVICE}" in output


@pytest.mark.parametrize("refusing", [True, False], ids=["a Hub that refuses", "a Hub that vanishes after a file"])
def test_a_hub_that_does_not_bring_all_fails_the_build(copy: Checkout, gateway: str, *, refusing: bool) -> None:
    """Although nobody has required the weights."""
    with Hub({} if refusing else {REPO: REPOSITORY}, host=gateway).serving() as hub:
        hub.vanish_after = 0 if refusing else 1
        built, output = build(copy, hub.endpoint)
    assert not built
    said = re.findall(r"(\d of 3) files of pretrained weights could not be fetched; (.*)", output)
    assert said
    assert said[0][0] == ("3 of 3" if refusing else "2 of 3")
    assert said[0][1].endswith(ADVICE)
