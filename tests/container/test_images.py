"""What both images hold and what they do without, found by running them; none of it needs a network or a checkout."""

import re
import time
import tomllib
import uuid

import pytest

from interview_prep.locks.read_locks import read_locked_versions
from interview_prep.paths import ROOT
from tests.container.engine import CPU, CUDA, LOCKED_DOWN, command, inspect, run, succeed, wait

FIGURE = """
import matplotlib.pyplot as plt
import torch

x = torch.linspace(0, 6, 100, requires_grad=True)
y = x.sin()
y.sum().backward()
plt.plot(x.detach(), x.grad)
plt.title("cos")
plt.savefig("work/cos.png")
print(torch.allclose(x.grad, x.cos(), atol=1e-6))
"""

pytestmark = pytest.mark.parametrize("image", [CPU, CUDA])
any_uid = pytest.mark.parametrize("uid", [0, 1000, 1001, 12345])


@any_uid
def test_the_doctor_is_content_as_any_user_with_everything_locked(image: str, uid: int) -> None:
    """Read-only root, no capability, no network: packages as locked, work/ writable, room enough."""
    done = run(image, "invoke", "doctor", options=(*LOCKED_DOWN, "--user", str(uid)))
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""


@any_uid
def test_a_figure_is_drawn_without_a_warning_as_any_user(image: str, uid: int) -> None:
    """UIDs without a name or a HOME make torch and matplotlib warn, or worse, where nothing was prepared for them."""
    done = run(image, "python", "-W", "error", "-c", FIGURE, options=(*LOCKED_DOWN, "--user", str(uid)))
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


def test_there_is_no_installer_and_no_compiler(image: str) -> None:
    """Nothing uses them on interview day, and they are hundreds of megabytes. Nor git: one commits from the host."""
    look = "for tool in pip pip3 uv uvx gcc cc g++ c++ clang make git; do command -v $tool; done; true"
    assert succeed("docker", "run", "--rm", "--network", "none", image, "sh", "-c", look) == ""
    assert run(image, "python", "-m", "pip", "--version").returncode != 0


def test_the_user_cannot_write_where_packages_and_models_lie(image: str) -> None:
    """What is tested is what runs: no program of the user's can change it."""
    assert run(image, "find", "/opt", "/usr/local", "-writable", "!", "-type", "l").stdout == ""


def test_a_jupyterhub_can_spawn_it(image: str) -> None:
    """jupyterhub-singleuser is on PATH, at the version of the lock."""
    done = run(image, "jupyterhub-singleuser", "--version")
    assert done.stdout.strip() == read_locked_versions("cpu.txt")["jupyterhub"]


def test_its_labels_say_version_and_revision(image: str) -> None:
    """Of an image on a shelf one must be able to tell what it was made from; `./prep build` gives it both."""
    labels = inspect(image)["Config"]["Labels"]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert labels["org.opencontainers.image.version"] == version
    assert re.fullmatch(r"[0-9a-f]{40}(-dirty)?", labels["org.opencontainers.image.revision"])


def test_it_runs_as_a_user_without_a_word_about_it(image: str) -> None:
    """Not root, where nobody says otherwise."""
    assert inspect(image)["Config"]["User"] == "prep"
    assert run(image, "id", "-u").stdout == "1000\n"


def test_docker_stop_ends_its_lab(image: str) -> None:
    """Without Compose and its init: the entrypoint becomes Lab, and Lab hears SIGTERM."""
    name = f"prep-test-{uuid.uuid4().hex[:8]}"
    succeed("docker", "run", "--detach", "--name", name, "--network", "none", image)
    try:
        wait("Lab in the container", 60, lambda: command("docker", "exec", name, "healthcheck").returncode == 0)
        start = time.monotonic()
        succeed("docker", "stop", name)
        assert time.monotonic() - start < 10
        assert inspect(name)["State"]["ExitCode"] in (0, 143)
    finally:
        command("docker", "rm", "--force", name)
