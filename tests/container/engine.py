"""Docker and Compose as a person uses them: run an image, start a copy of the checkout, look into its container.

Nothing here builds: the images under test are those that are tagged when the tests start.
"""

import json
import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from interview_prep.paths import ROOT
from tests.container.lab import Lab, printed_urls

CPU, CUDA = "ml-interview-prep-kit:cpu", "ml-interview-prep-kit:cuda"
LOCKED_DOWN = (
    *("--read-only", "--tmpfs", "/tmp", "--tmpfs", "/workspace/work"),
    *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
)
Done = subprocess.CompletedProcess[str]
T = TypeVar("T")


def command(*words: str, env: dict[str, str] | None = None, seconds: float = 120) -> Done:
    """Run a program to its end, whatever that is; both streams are in the answer."""
    return subprocess.run(
        words, env=env, timeout=seconds, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def succeed(*words: str, env: dict[str, str] | None = None, seconds: float = 120) -> str:
    """Run a program that must exit 0; what it printed."""
    done = command(*words, env=env, seconds=seconds)
    if done.returncode != 0:
        pytest.fail(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def run(image: str, *words: str, options: tuple[str, ...] = (), seconds: float = 120) -> Done:
    """Run a command in a new container without a network, which is gone afterwards, however it ends."""
    name = f"prep-test-{uuid.uuid4().hex[:8]}"
    try:
        return command(
            *("docker", "run", "--rm", "--name", name, "--network", "none", *options, image, *words), seconds=seconds
        )
    finally:  # the container outlives a client that is interrupted or out of time
        command("docker", "rm", "--force", name)


def inspect(container: str) -> dict[str, Any]:
    """What the engine says of a container or an image."""
    found: list[dict[str, Any]] = json.loads(succeed("docker", "inspect", container))
    return found[0]


def wait(what: str, seconds: float, look: Callable[[], T | None], evidence: Callable[[], str] = str) -> T:
    """Look five times a second until something is seen, and return it; when time runs out fail with the evidence."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seen = look()
        if seen:
            return seen
        time.sleep(0.2)
    pytest.fail(f"Waited {seconds:.0f} s in vain: {what}.\n{evidence()}")


@dataclass(frozen=True)
class Checkout:
    """A copy of the checkout with a Compose project and a port of its own, all of it owned by one UID."""

    folder: Path
    project: str
    port: int
    owner: int

    def environment(self) -> dict[str, str]:
        """The caller's, less what would lead Compose elsewhere."""
        own = ("COMPOSE_", "PREP_", "JUPYTER_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        return {**kept, "COMPOSE_PROJECT_NAME": self.project, "PREP_PORT": str(self.port)}

    def compose(self, *words: str, seconds: float = 120) -> str:
        """Run `docker compose ...` in the copy; what it printed."""
        folder = str(self.folder)
        return succeed(
            *("docker", "compose", "--project-directory", folder, *words), env=self.environment(), seconds=seconds
        )

    def up(self, *options: str) -> Lab:
        """`docker compose up -d lab`, until Lab answers."""
        self.compose("up", "--detach", *options, "lab")
        port, token = wait(
            "a URL in the log of `docker compose up`", 30, lambda: printed_urls(self.log())[-1:], self.log
        )[0]
        lab = Lab(port, token)
        wait("an answer of Lab", 60, lab.answers, self.log)
        return lab

    def log(self) -> str:
        return self.compose("logs", "--no-log-prefix", "lab")

    def container(self) -> str:
        """The id of Lab's container, running or not."""
        return self.compose("ps", "--all", "--quiet", "lab").strip()

    def health(self) -> str:
        return str(inspect(self.container())["State"]["Health"]["Status"])

    def in_container(self, *words: str) -> str:
        """Run a command in Lab's container as the owner of the checkout; what it printed."""
        return succeed("docker", "exec", "--user", f"{self.owner}:{self.owner}", self.container(), *words)


@contextmanager
def checkout(parent: Path, owner: int) -> Iterator[Checkout]:
    """A copy of what git tracks or would, and its containers and files removed at the end."""
    copy = Checkout(parent / "kit", f"prep-test-{uuid.uuid4().hex[:8]}", free_port(), owner)
    parent.chmod(0o755)  # pytest makes it for its own user alone, and an editor's container mounts it
    copy_files(copy.folder)
    own(copy.folder, owner)
    try:
        yield copy
    finally:
        copy.compose("down", "--volumes", "--remove-orphans")
        own(copy.folder, os.getuid())
        shutil.rmtree(copy.folder)


def copy_files(folder: Path) -> None:
    """What git tracks and what it would add; without .env, which holds a person's own settings."""
    listed = succeed("git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        if name != ".env" and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def own(folder: Path, owner: int) -> None:
    """Give a folder to a UID; a container does it, so that the tests themselves need not be root."""
    chown = ("--user", "0", "--volume", f"{folder}:/copy", "--entrypoint", "chown")
    done = run(CPU, "--recursive", f"{owner}:{owner}", "/copy", options=chown)
    assert done.returncode == 0, done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
