"""Checkouts side by side on one machine: `invoke up` spares the Lab of another one, and any folder's name will do."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.container.engine import copy_files, free_port, succeed

WITHOUT = ("COMPOSE_", "PREP_", "JUPYTER_", "PWD")


@dataclass(frozen=True)
class Place:
    """A checkout in a folder, and the commands that a person types there."""

    folder: Path

    def run(self, *words: str, **changes: str) -> "subprocess.CompletedProcess[str]":
        kept = {name: value for name, value in os.environ.items() if not name.startswith(WITHOUT)}
        return subprocess.run(
            words, cwd=self.folder, env={**kept, **changes}, capture_output=True, text=True, timeout=300, check=False
        )

    def up(self, **changes: str) -> "subprocess.CompletedProcess[str]":
        """`invoke up --detach` on a free port."""
        invoke = str(Path(sys.executable).with_name("invoke"))
        return self.run(invoke, "up", "--detach", "--port", str(free_port()), **changes)

    def containers(self) -> str:
        """What a plain `docker compose ps` finds here."""
        return self.run("docker", "compose", "ps", "--quiet").stdout.strip()


@pytest.fixture
def places(tmp_path: Path) -> Iterator[list[Place]]:
    """Two checkouts in folders of one name that no other project on this machine has."""
    name = f"prep-test-{uuid.uuid4().hex[:8]}"
    yield from checkouts([tmp_path / "a" / name, tmp_path / "b" / name])


@pytest.fixture
def nameless(tmp_path: Path) -> Iterator[list[Place]]:
    """A checkout in a folder with a colon and a blank above it, and without an ASCII letter in its name."""
    yield from checkouts([tmp_path / "a b:c" / "面试"])


def checkouts(folders: list[Path]) -> Iterator[list[Place]]:
    for folder in folders:
        copy_files(folder)
    made = [Place(folder) for folder in folders]
    try:
        yield made
    finally:
        for place in made:
            place.run("docker", "compose", "down", "--volumes")


def test_a_second_checkout_of_the_same_name_leaves_the_first_one_s_lab_alone(places: list[Place]) -> None:
    """Compose would take it for the same project, and replace the container."""
    first, second = places
    assert first.run("docker", "compose", "up", "--detach", "lab", PREP_PORT=str(free_port())).returncode == 0
    before = first.containers()
    done = second.up()
    assert done.returncode == 0, done.stderr
    assert f"{first.folder} also runs as the Compose project {first.folder.name}." in done.stdout
    assert first.containers() == before
    assert succeed("docker", "inspect", "--format", "{{.State.Running}}", before) == "true\n"
    assert second.containers() not in ("", before)
    assert (second.folder / ".env").read_text().startswith(f"COMPOSE_PROJECT_NAME={second.folder.name}-")
    assert not (first.folder / ".env").exists()
    chosen = second.up(COMPOSE_PROJECT_NAME=first.folder.name)
    assert (chosen.returncode, chosen.stderr.count("\n")) == (2, 1)
    assert "Set COMPOSE_PROJECT_NAME to another name" in chosen.stderr


def test_a_folder_s_name_without_ascii_letters_and_a_colon_in_its_path_will_do(nameless: list[Place]) -> None:
    """Plain Compose says that a project's name must not be empty, and its short volumes end at a colon."""
    (place,) = nameless
    done = place.up()
    assert done.returncode == 0, done.stderr
    assert "Compose can't use the name 面试. This checkout is now called prep-" in done.stdout
    found = place.run("docker", "compose", "exec", "--no-TTY", "lab", "ls", "tasks.py")
    assert (found.returncode, found.stdout) == (0, "tasks.py\n"), found.stderr
    again = place.run(str(Path(sys.executable).with_name("invoke")), "up", "--detach")
    assert ".env" not in again.stdout, again.stdout
