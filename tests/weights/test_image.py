"""What the build of an image does about weights: it brings them, goes on without them and says so, or fails in a line.

Once for each way it can end, it runs as in the Dockerfiles, with the files that they mount and nothing else of the kit;
the other tests call it in this process. tests/container does the same with Docker.
"""

import io
import os
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path

import pytest
from huggingface_hub import constants

from interview_prep.machine import checks
from interview_prep.paths import ROOT
from interview_prep.weights import absent, image, models_lock
from interview_prep.weights.models_lock import Model
from tests.support.hub import Fault, Hub
from tests.support.impostor import PAGE, Answer, Impostor, closed_port
from tests.support.invoke import INVOKE
from tests.support.models_checkout import Checkout
from tests.support.weights import format_lock, set_endpoint

MOUNT = re.compile(r"--mount=type=bind,source=(\S+),target=/kit/(\S+)")
INCOMPLETE = "files of pretrained weights could not be fetched; the first: "
ADVICE = "Set HF_ENDPOINT to a Hub that has them, or MODELS=none to build without pretrained weights.\n"
NOTE = (
    "This image has no pretrained weights, because the Hub could not be reached when it was built. "
    "Small models are used instead. To add the weights, "
    f"connect to the Hub, or set HF_ENDPOINT to a mirror, and run {absent.rebuild_command('core')}.\n"
)
Done = subprocess.CompletedProcess[str]


pytestmark = pytest.mark.usefixtures("cache")


@dataclass(frozen=True)
class Build:
    """The folder /kit of a build, and the folder /opt/models."""

    kit: Path
    weights: Path

    def install(self, endpoint: str, models: str = "core", **variables: str) -> Done:
        """Do what docker/install-models does, in this process."""
        stderr = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stderr(stderr):
            patch.setattr(models_lock, "LOCK", self.kit / "docker" / "locks" / "models.lock")
            patch.setattr(constants, "HF_HUB_CACHE", str(self.weights / "hub"))
            set_endpoint(variables.pop("HF_ENDPOINT", endpoint), patch)
            for name, text in {"HF_HOME": str(self.weights), "MODELS": models, **variables}.items():
                patch.setenv(name, text)
            try:
                image.main()
            except SystemExit as end:
                return Done([], 1, "", f"{end.code}\n")
        return Done([], 0, "", stderr.getvalue())

    def run_step(self, endpoint: str, models: str = "core", **variables: str) -> Done:
        """Run what docker/install-models runs, in a process of its own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "MODELS"))}
        own = {"HF_HOME": str(self.weights), "HF_ENDPOINT": endpoint, "MODELS": models, "NO_PROXY": "*"}
        command = [sys.executable, "-m", "interview_prep.weights.image"]
        environment = {**kept, **own, **variables}
        return subprocess.run(command, cwd=self.kit, env=environment, capture_output=True, text=True, check=False)

    def read_note(self) -> str:
        """The text of the note in the image, or ""."""
        found = self.weights / absent.NOTE
        return found.read_text() if found.exists() else ""


@pytest.fixture
def build(tmp_path: Path, models: list[Model]) -> Build:
    """What docker/cpu.Dockerfile mounts, and a lock of the test's own: two models in the core set, one more in full."""
    made = Build(tmp_path / "kit", tmp_path / "models")
    for source, target in MOUNT.findall((ROOT / "docker" / "cpu.Dockerfile").read_text()):
        place = made.kit / target
        place.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / source).is_dir() else shutil.copy)(ROOT / source, place)
    (made.kit / "docker" / "locks" / "models.lock").write_text(
        format_lock([*models[:2], replace(models[2], set="full")])
    )
    made.weights.mkdir()
    return made


def test_build_with_a_hub_is_silent(build: Build, hub: Hub) -> None:
    """All files of the set arrive, and the image has no note."""
    done = build.run_step(hub.endpoint)
    assert (done.returncode, done.stdout, done.stderr, build.read_note()) == (0, "", "", "")
    assert hub.whole_files == 6


def test_build_without_a_hub_goes_on_with_one_warning(build: Build) -> None:
    """The line names the Hub, the cause and the command; the note in the image does not name the Hub."""
    with closed_port() as address:
        done = build.run_step(address, MODELS_REQUIRED="")
    assert (done.returncode, done.stdout, build.read_note()) == (0, "", NOTE)
    assert done.stderr.startswith(f"WARNING: {address} cannot be reached (")
    assert done.stderr.endswith(f"Connection refused). {NOTE}")
    assert done.stderr.count("\n") == 1


def test_note_names_the_set_and_the_service(build: Build) -> None:
    """Without the set in the command, MODELS=full would become core."""
    with closed_port() as address:
        build.install(address, models="full", MODELS_REQUIRED="0")
    assert re.search("run `MODELS=full MODELS_REQUIRED=1 docker compose build lab(-cuda)?`", build.read_note())


@pytest.mark.parametrize("answer", [Answer(502), PAGE], ids=["a proxy", "a login"])
def test_proxy_or_login_page_counts_as_no_hub(build: Build, answer: Answer) -> None:
    """Its page is not mistaken for a file with another hash."""
    with Impostor(forever=answer).serving() as impostor:
        assert build.install(impostor.address).returncode == 0
    assert build.read_note() == NOTE


def test_required_weights_fail_the_build_without_a_hub(build: Build) -> None:
    """MODELS_REQUIRED=1 is for those who publish an image."""
    with closed_port() as address:
        done = build.run_step(address, MODELS_REQUIRED="1")
    assert (done.returncode, done.stdout, done.stderr.count("\n"), build.read_note()) == (1, "", 1, "")
    assert done.stderr.startswith(f"{address} cannot be reached (")
    assert done.stderr.endswith(f"Connection refused), and MODELS_REQUIRED=1 requires weights. {ADVICE}")


FAULTS = {
    "another byte": (Fault(flip=True), "hash "),
    "401": (Fault(401), "401, the Hub wants a token: set HF_TOKEN (for an image, HF_TOKEN_FILE)"),
    "403": (Fault(403), "403, this token isn't allowed to read it"),
    "404": (Fault(404), "404, the Hub has no such file at this commit"),
}


@pytest.mark.parametrize(("fault", "cause"), FAULTS.values(), ids=FAULTS)
def test_wrong_answer_of_the_hub_fails_the_build(build: Build, hub: Hub, fault: Fault, cause: str) -> None:
    """Wrong bytes may be an attack, and an incomplete set is of no use."""
    hub.faults["vocab.txt"] = repeat(fault)
    done = build.install(hub.endpoint)
    assert (done.returncode, done.stdout, done.stderr.count("\n"), build.read_note()) == (1, "", 1, "")
    assert done.stderr.startswith(f"1 of 6 {INCOMPLETE}first: vocab.txt: {cause}")
    assert done.stderr.endswith(ADVICE)


def test_hub_that_refuses_everything_fails_the_build(build: Build, hub: Hub) -> None:
    """Unlike an unreachable Hub, it has the weights for whoever has a token or another lock."""
    hub.repositories.clear()
    done = build.install(hub.endpoint)
    assert (done.returncode, done.stderr.count("\n"), build.read_note()) == (1, 1, "")
    assert done.stderr.startswith(f"6 of 6 {INCOMPLETE}first: config.json: 401")


def test_hub_that_vanishes_after_a_file_fails_the_build(build: Build, hub: Hub) -> None:
    """An incomplete set is an error, not a reason to go on without weights."""
    hub.vanish_after = 1
    done = build.install(hub.endpoint)
    assert (done.returncode, done.stderr.count("\n"), build.read_note()) == (1, 1, "")
    assert re.match(f"5 of 6 {INCOMPLETE}", done.stderr)
    assert done.stderr.endswith(ADVICE)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"MODELS_REQUIRED": "yes"}, "MODELS_REQUIRED='yes' is neither 1 nor 0.\n"),
        ({"MODELS": "all"}, "MODELS=all: docker/locks/models.lock: there is no set 'all', only core and full.\n"),
        ({"HF_ENDPOINT": "hub.example"}, "HF_ENDPOINT=hub.example is not the address of a Hub: "),
    ],
)
def test_wrong_variable_fails_the_build(build: Build, variables: dict[str, str], says: str) -> None:
    """One line names the variable and its value."""
    done = build.install("http://hub.invalid", **variables)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(says)


def test_doctor_tells_of_missing_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is no fault, because small models serve; once weights are there, the note no longer counts."""
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    assert checks.check_weights().evidence == "no pretrained weights; the small models are used instead"
    (tmp_path / absent.NOTE).write_text(NOTE)
    assert (checks.check_weights().blocking, checks.check_weights().evidence) == (False, NOTE.strip())
    (tmp_path / "hub" / "models--prep--first" / "snapshots").mkdir(parents=True)
    assert absent.read_note() == ""


def test_lab_prints_the_note_before_its_url(checkout: Checkout) -> None:
    """Everybody who has started a container looks there; the lines of the build are folded away."""
    home = checkout.folder / "home"
    home.mkdir()
    (home / absent.NOTE).write_text(NOTE)
    with closed_port() as address:
        port = address.rpartition(":")[2]
    environment = {**os.environ, "HF_HOME": str(home), "PREP_CONTAINER": ""}
    command = [INVOKE, "lab", "--port", port]
    process = subprocess.Popen(command, cwd=checkout.folder, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        assert process.stdout.readline() == NOTE
        assert process.stdout.readline().startswith(f"JupyterLab: http://127.0.0.1:{port}/lab?token=")
    finally:
        process.kill()
        process.communicate()
