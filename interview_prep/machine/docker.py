"""Build and start the images with Docker Compose, after a look at what usually goes wrong. Docker does the rest."""

import json
import os
import shutil
import subprocess
import tomllib

from invoke.exceptions import Exit

from interview_prep import paths
from interview_prep.console import Printer
from interview_prep.lab import launch
from interview_prep.machine import compose
from interview_prep.machine.compose import run_docker
from interview_prep.paths import ROOT
from interview_prep.weights import absent

WITHOUT_DOCKER = "Without Docker: `./prep lab`."


def service_name(*, cuda: bool) -> str:
    return "lab-cuda" if cuda else "lab"


def check_docker() -> None:
    """Raise Exit unless `docker compose` can be asked to do something."""
    if not shutil.which("docker"):
        raise Exit(f"No `docker` on this machine. Install Docker Desktop or Docker Engine. {WITHOUT_DOCKER}", code=2)
    if run_docker("compose", "version").returncode != 0:
        raise Exit(
            f"This Docker has no Compose v2. Install the package docker-compose-plugin. {WITHOUT_DOCKER}", code=2
        )
    if run_docker("info", "--format", "{{.ServerVersion}}").returncode != 0:
        raise Exit(
            "The Docker engine does not answer. Start Docker Desktop, or `sudo systemctl start docker`. "
            + WITHOUT_DOCKER,
            code=2,
        )


def check_nvidia() -> None:
    """Raise Exit unless the engine can give a container an NVIDIA GPU."""
    runtimes = json.loads(run_docker("info", "--format", "{{json .Runtimes}}").stdout or "{}")
    if "nvidia" not in runtimes:
        raise Exit(
            "This Docker engine has no NVIDIA runtime. Install the NVIDIA Container Toolkit, then `sudo nvidia-ctk "
            "runtime configure --runtime=docker` and restart the engine; on the CPU: `invoke up`.",
            code=2,
        )


def build_image(*, cuda: bool) -> None:
    """Build one image, labelled with the version of pyproject.toml and git's revision; raises Exit on failure.

    The last line says what the image lacks: Docker folds away what a step has said.
    """
    check_docker()
    claim_project()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    git = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude", "*"]
    revision = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    environment = {**os.environ, "VERSION": version, "REVISION": revision or "unknown"}
    if subprocess.run(
        ["docker", "compose", "build", service_name(cuda=cuda)], cwd=ROOT, env=environment, check=False
    ).returncode:
        raise Exit(
            'The build failed; its last lines say where. Mirrors, proxies, certificates: README, "Building".', code=1
        )
    if note := read_note(service_name(cuda=cuda)):
        Printer().print_line(note)


def read_note(name: str) -> str:
    """What the image of a service says of weights that it was built without, or ""."""
    image = run_docker("compose", "config", "--images", name).stdout.strip()
    return run_docker("run", "--rm", "--network", "none", "--entrypoint", "cat", image, absent.IN_IMAGE).stdout.strip()


def claim_project() -> None:
    """Say so where another checkout has this one's Compose project, and the name had to change."""
    changed = compose.claim_project()
    if changed:
        screen = Printer()
        screen.print_line(changed)
        screen.flush()


def start_service(*, cuda: bool, port: str, detach: bool) -> None:
    """Become `docker compose up` for one service on one port; raises Exit when it could not start."""
    check_docker()
    if cuda:
        check_nvidia()
    claim_project()
    number = paths.read_port(port) if port else compose.read_port()
    running = run_docker("compose", "ps", "-q", service_name(cuda=cuda)).stdout.strip()
    if launch.is_port_in_use(number) and not running:
        raise Exit(f"Port {number} is in use. `invoke up --port {launch.next_port(number)}`.", code=2)
    os.environ["PREP_PORT"] = str(number)
    os.chdir(ROOT)
    arguments = ["docker", "compose", "up", *(["--detach"] if detach else []), service_name(cuda=cuda)]
    os.execvp(arguments[0], arguments)
