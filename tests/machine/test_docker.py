"""What `invoke build` and `invoke up` make of Docker's answers, with a `docker` that is a shell script."""

import os
from pathlib import Path

import pytest
from invoke.exceptions import Exit

from interview_prep.machine import commands, compose, docker


def install_docker(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """Put a `docker` first on PATH; the file to which it writes the arguments of each call."""
    program, calls = folder / "docker", folder / "calls"
    program.write_text(f'#!/bin/sh\necho "$@" >>{calls}\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return calls


CONFIG = """if [ "$2" = config ] && [ "$3" = --format ]; then echo '{"name": "kit-of-this-test"}'; fi"""


def test_failed_build_is_exit_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Docker has said what went wrong; the last line says where the docs help."""
    install_docker(tmp_path, monkeypatch, f'{CONFIG}\n[ "$2" != build ]')
    with pytest.raises(Exit) as ended:
        commands.build_image(cuda=False)
    assert (ended.value.code, str(ended.value.message).partition(";")[0]) == (1, "The build failed")


def test_build_says_which_weights_the_image_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The note in the image is the last line, as Docker folds away what a build step printed."""
    calls = install_docker(tmp_path, monkeypatch, f'{CONFIG}\n[ "$1" != run ] || echo "This image has no weights."')
    commands.build_image(cuda=True)
    assert capsys.readouterr().out == "This image has no weights.\n"
    assert "compose build lab-cuda" in calls.read_text()


def test_build_without_git_labels_the_image_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout that was downloaded as an archive, on a machine that has no git."""
    script = f'{CONFIG}\n[ "$2" != build ] || echo "revision $REVISION" >>"$0.calls"'
    install_docker(tmp_path, monkeypatch, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    commands.build_image(cuda=False)
    assert (tmp_path / "docker.calls").read_text() == "revision unknown\n"


def test_unreadable_compose_file_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose's last line, and the files that it read."""
    install_docker(tmp_path, monkeypatch, "echo noise >&2; echo 'yaml: line 3' >&2; exit 15")
    with pytest.raises(compose.ComposeError, match=r"^docker compose: yaml: line 3 \(docker-compose.yml, .env\)$"):
        compose.read_config()


def test_port_that_compose_cannot_publish_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A range of ports is valid for Compose but is no port for Lab."""
    config = '{"services": {"lab": {"ports": [{"published": "8000-8010"}]}}}'
    install_docker(tmp_path, monkeypatch, f"echo '{config}'")
    with pytest.raises(compose.ComposeError, match=r"PREP_PORT=8000-8010 is not a port"):
        compose.read_port()


def test_docker_without_engine_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the way without Docker; at the door it becomes exit 2."""
    install_docker(tmp_path, monkeypatch, '[ "$1" = compose ]')
    with pytest.raises(docker.DockerError, match=r"engine does not answer.*`./prep lab`"):
        docker.check_docker()


def test_second_checkout_of_one_name_gets_its_own_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise `up` here would replace the Lab of the other checkout."""
    other = tmp_path / "other"
    other.mkdir()
    install_docker(tmp_path, monkeypatch, f'{CONFIG}\n[ "$1" != ps ] || echo {other}')
    monkeypatch.setattr(compose, "DOTENV", tmp_path / ".env")
    monkeypatch.delenv(compose.VARIABLE, raising=False)
    (tmp_path / ".env").write_text("PREP_PORT=8889\n")
    sentence = compose.claim_project()
    assert sentence.startswith(
        f"{other} also runs as the Compose project kit-of-this-test. This checkout is now called kit-of-this-"
    )
    kept, project = (tmp_path / ".env").read_text().splitlines()
    assert (kept, project.rpartition("-")[0]) == ("PREP_PORT=8889", "COMPOSE_PROJECT_NAME=kit-of-this-test")


def test_chosen_project_name_is_never_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever chose the name is asked to choose another."""
    install_docker(tmp_path, monkeypatch, f'{CONFIG}\n[ "$1" != ps ] || echo {tmp_path}')
    monkeypatch.setattr(compose, "DOTENV", tmp_path / ".env")
    monkeypatch.setenv(compose.VARIABLE, "kit-of-this-test")
    with pytest.raises(compose.ComposeError, match=r"Set COMPOSE_PROJECT_NAME to another name, such as"):
        compose.claim_project()
    assert not (tmp_path / ".env").exists()
