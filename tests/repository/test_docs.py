"""What docs/ says can be shown again by a command: each of those names tests that are there."""

import re
import shlex

import pytest

from interview_prep.paths import ROOT
from tests.support.listing import list_files

PAGES = [path for path in list_files(ROOT / "docs") if path.suffix == ".md"]
COMMANDS = sorted({command for page in PAGES for command in re.findall(r"`(pytest [^`]+)`", page.read_text())})


def test_there_are_commands_to_check() -> None:
    """The tests below look at something."""
    assert len(COMMANDS) > 20


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_names_tests_that_are_there(command: str) -> None:
    """Each path exists; of the words behind -k each stands in the name of a test there."""
    paths, _, chosen = command.removeprefix("pytest ").partition(" -k ")
    files = [
        file for path in paths.split() for file in ([ROOT / path] if path.endswith(".py") else list_files(ROOT / path))
    ]
    names = re.findall(
        r"^def (test_\w+)", "\n".join(file.read_text() for file in files if file.suffix == ".py"), re.MULTILINE
    )
    assert names
    words = re.findall(r"\w+", "".join(shlex.split(chosen)).replace(" or ", " "))
    assert [word for word in words if not any(word in name for name in names)] == []
