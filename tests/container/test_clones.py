"""An image made from a clone depends on what git tracks, and not on the clone's modes, line ends and stray files.

Built is the last stage of the real Dockerfile; the stages before it are the image under test.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.container.engine import CPU, LOCKED_DOWN, command, run, succeed
from tests.support.clones import clone, hash_files, read_index

IMAGE, SYSTEM = "prep-test:clone", "prep-test:system"
OTHER_MODES = "find /workspace /usr/local/bin/entrypoint /usr/local/bin/healthcheck ! -perm 755 ! -path '*/work'"
STRAY = [
    *(".env", ".DS_Store", "notes.txt", "venv/bin/python", "tests/.prompt.md.swp", "tests/._x.py", "docker/x~"),
    *("interview_prep/drills/.ipynb_checkpoints/x.py", "interview_prep/__pycache__/x.pyc", "work/answer.py"),
]


@pytest.fixture
def image() -> Iterator[str]:
    yield IMAGE
    command("docker", "image", "rm", "--force", IMAGE, SYSTEM)


def build(checkout: Path) -> None:
    """The last stage of the CPU image, with this checkout as its source."""
    empty = checkout.parent / "empty"
    (empty / "opt" / "models").mkdir(parents=True)
    remove = 'RUN ["/usr/bin/find", "/workspace", "-mindepth", "1", "!", "-name", "work", "-delete"]'
    (empty / "Dockerfile").write_text(f"FROM {CPU}\nUSER root\n{remove}\n")  # as the stage `system` is
    succeed("docker", "build", "--quiet", "--tag", SYSTEM, str(empty))
    contexts = {"system": f"docker-image://{SYSTEM}", "packages": str(empty), "models": str(empty)}
    named = [word for name, place in contexts.items() for word in ("--build-context", f"{name}={place}")]
    dockerfile = ("--file", str(checkout / "docker" / "cpu.Dockerfile"))
    succeed("docker", "build", "--quiet", *dockerfile, *named, "--tag", IMAGE, str(checkout), seconds=300)


def test_modes_in_the_image_are_its_own_whatever_the_umask(tmp_path: Path, image: str) -> None:
    """From a clone that only its owner can read, another UID could not even start the entrypoint."""
    made = clone(tmp_path, umask=0o077)
    assert (made / "docker" / "entrypoint").stat().st_mode & 0o777 == 0o700
    build(made)
    assert run(image, "sh", "-c", OTHER_MODES, options=("--user", "0")).stdout == ""
    done = run(image, "invoke", "drills", options=(*LOCKED_DOWN, "--user", "12345"))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_image_holds_what_git_tracks_and_nothing_else(tmp_path: Path, image: str) -> None:
    """From a clone with core.autocrlf=true, with a person's own files, and what macOS, Lab and editors leave behind."""
    made = clone(tmp_path, "--config", "core.autocrlf=true")
    for name in STRAY:
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text("mine\n")
    build(made)
    container = succeed("docker", "create", image).strip()
    try:
        succeed("docker", "cp", "--quiet", f"{container}:/workspace", str(tmp_path / "inside"))
    finally:
        command("docker", "rm", container)
    assert hash_files(tmp_path / "inside") == read_index(made)
