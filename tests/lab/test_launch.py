"""How Lab is launched: token, port, environment and command, and what `invoke lab` prints first. Starts no Lab."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from invoke.exceptions import Exit

from interview_prep import paths
from interview_prep.lab import commands, launch


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Lab's state in the test's folder, outside of any image, without a token of the person's."""
    monkeypatch.setattr(launch, "STATE", tmp_path / ".lab")
    for name in ("JUPYTER_TOKEN", "PREP_CONTAINER", "PREP_PORT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / ".lab"


@pytest.mark.parametrize("token", ["a\nb", "a\udcffb", "a\x1bb"])
def test_unprintable_token_is_rejected(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No URL can carry it; the error names the variable."""
    monkeypatch.setattr(os, "environ", {"JUPYTER_TOKEN": token})
    with pytest.raises(launch.LabError, match=r"^JUPYTER_TOKEN has a character that cannot be printed\."):
        launch.read_token()


def test_half_written_token_is_made_again(state: Path) -> None:
    """A full disk leaves an empty file, and an empty token would let everybody in."""
    state.mkdir()
    (state / "token").touch()
    assert len(launch.read_token()) == 48
    assert launch.read_token() == launch.read_token()
    assert (state / "token").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in state.iterdir()] == ["token"]


def test_read_only_checkout_gets_a_token_for_one_start(state: Path) -> None:
    """There is nowhere to keep it."""
    state.parent.joinpath(".lab").write_text("not a folder")
    assert len(launch.read_token()) == 48
    assert launch.read_token() != launch.read_token()


@pytest.mark.parametrize(("number", "proposed"), [(8888, 8889), (65535, 8888)])
def test_proposed_port_exists(number: int, proposed: int) -> None:
    """The last port has no next one."""
    assert launch.next_port(number) == proposed


def test_in_the_image_lab_listens_where_compose_publishes(monkeypatch: pytest.MonkeyPatch) -> None:
    """On 8888 of every interface; elsewhere on the chosen port of 127.0.0.1 alone."""
    assert launch.listening_port(9999) == 9999
    assert "--ServerApp.ip=127.0.0.1" in launch.build_command(9999)
    monkeypatch.setenv("PREP_CONTAINER", "1")
    assert paths.in_kit_image()
    assert launch.listening_port(9999) == 8888
    assert "--ServerApp.ip=0.0.0.0" in launch.build_command(8888)


@pytest.fixture
def start_lab(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[tuple[int, str]]]:
    """Run `invoke lab --port N` up to the moment in which it becomes Lab: the port and the token of that."""
    becomes: list[tuple[int, str]] = []
    monkeypatch.setattr(launch, "become_server", lambda listen, token: becomes.append((listen, token)))

    def start(port: int) -> list[tuple[int, str]]:
        commands.start_lab(str(port))
        return becomes

    return start


def test_lab_prints_its_url_then_starts(
    start_lab: Callable[[int], list[tuple[int, str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The line is complete before Lab takes over; a token is quoted in it."""
    monkeypatch.setenv("JUPYTER_TOKEN", "a&b")
    monkeypatch.setattr(launch, "find_listener", lambda _: "nobody")
    assert start_lab(9999) == [(9999, "a&b")]
    assert capsys.readouterr().out.splitlines()[-1] == "JupyterLab: http://127.0.0.1:9999/lab?token=a%26b"


def test_taken_port_is_exit_2(start_lab: Callable[[int], list[tuple[int, str]]]) -> None:
    """The message proposes another port, and no second Lab starts there by itself."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        launch_error = f"Port {port} is in use by something else. `invoke lab --port {launch.next_port(port)}`."
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Exit) as ended:
            patch.setattr(launch, "RESPONSE_TIMEOUT", 0.05)
            start_lab(port)
    assert (ended.value.code, ended.value.message) == (2, launch_error)
