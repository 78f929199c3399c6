"""The commands of the README in containers, the warm-ups and every test; all without a network."""

import json
import shlex
from pathlib import Path

import pytest

from tests.container.engine import CPU, LOCKED_DOWN, checkout, run
from tests.support.readme import COMMANDS

INTERNAL = "networks: {default: {internal: true}}\n"  # what Compose reads beside the project's own file


def test_the_whole_warm_up_runs_without_a_network() -> None:
    """Every sheet, script and test of the 90-minute plan, from the image alone; its table says that all were done."""
    done = run(CPU, "invoke", "warmup", "--minutes", "90", "--yes", seconds=900)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    table = done.stdout.rpartition("\nWarm-up")[2]
    assert sum(line.rstrip().endswith(" done") for line in table.splitlines()) == 10


def test_the_warm_up_runs_with_everything_locked_as_a_user_without_a_name() -> None:
    """The command that docs/images.md gives under "Running an image by hand"."""
    done = run(CPU, "invoke", "warmup", "--yes", options=(*LOCKED_DOWN, "--user", "12345"), seconds=900)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_single_command_of_the_readme_works(command: str) -> None:
    """Each script and each selection of tests, as printed."""
    done = run(CPU, *shlex.split(command), seconds=900)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_every_test_passes_by_compose_in_a_checkout_without_a_network(tmp_path: Path) -> None:
    """The second command of the README: in somebody's checkout, as that person, read-only root, no way out."""
    with checkout(tmp_path, owner=1001) as copy:
        (copy.folder / "docker-compose.override.yml").write_text(INTERNAL)
        assert json.loads(copy.compose("config", "--format", "json"))["networks"]["default"]["internal"] is True
        assert " passed" in copy.compose("run", "--rm", "lab", "invoke", "test", seconds=3600)
