"""Docker on this machine: can it be used, and what builds and starts the kit's images. Docker itself does the rest.

Left out: Compose's project name and port (compose.py).
"""

import json
import os
import shutil
import subprocess
import tomllib
from typing import NoReturn

from interview_prep.errors import KitError
from interview_prep.paths import ROOT
from interview_prep.weights import absent

WITHOUT_DOCKER = "Without Docker: `./prep lab`."


class DockerError(KitError):
    """Docker is missing, isn't running, or can't do what is asked of it."""


def run_docker(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["docker", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def service_name(*, cuda: bool) -> str:
    return "lab-cuda" if cuda else "lab"


def check_docker() -> None:
    """Raise DockerError unless `docker compose` works and the engine answers."""
    if not shutil.which("docker"):
        raise DockerError(f"No `docker` on this machine. Install Docker Desktop or Docker Engine. {WITHOUT_DOCKER}")
    if run_docker("compose", "version").returncode != 0:
        raise DockerError(f"This Docker has no Compose v2. Install the package docker-compose-plugin. {WITHOUT_DOCKER}")
    if run_docker("info", "--format", "{{.ServerVersion}}").returncode != 0:
        raise DockerError(
            "The Docker engine does not answer. Start Docker Desktop, or `sudo systemctl start docker`. "
            + WITHOUT_DOCKER
        )


def check_nvidia() -> None:
    """Raise DockerError unless the engine can give a container an NVIDIA GPU."""
    runtimes = json.loads(run_docker("info", "--format", "{{json .Runtimes}}").stdout or "{}")
    if "nvidia" not in runtimes:
        raise DockerError(
            "This Docker engine has no NVIDIA runtime. Install the NVIDIA Container Toolkit, then `sudo nvidia-ctk "
            "runtime configure --runtime=docker` and restart the engine; on the CPU: `invoke up`."
        )


def build_service(service: str) -> bool:
    """Build a service's image, labeled with the version of pyproject.toml and git's revision. Whether it worked."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    environment = {**os.environ, "VERSION": version, "REVISION": read_revision()}
    command = ["docker", "compose", "build", service]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def read_revision() -> str:
    """The commit of this checkout, with -dirty where files have changed; "unknown" without git or outside a clone."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude", "*"]
    try:
        described = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        return "unknown"
    return described or "unknown"


def read_weights_note(service: str) -> str:
    """What the image of a service says about weights that it was built without; "" if it has them."""
    image = run_docker("compose", "config", "--images", service).stdout.strip()
    return run_docker("run", "--rm", "--network", "none", "--entrypoint", "cat", image, absent.IN_IMAGE).stdout.strip()


def is_running(service: str) -> bool:
    return bool(run_docker("compose", "ps", "-q", service).stdout.strip())


def become_compose_up(service: str, port: int, *, detach: bool) -> NoReturn:
    """Replace this process with `docker compose up` for one service on one port."""
    os.environ["PREP_PORT"] = str(port)
    os.chdir(ROOT)
    arguments = ["docker", "compose", "up", *(["--detach"] if detach else []), service]
    os.execvp(arguments[0], arguments)
