"""The tasks as a person meets them: help, the README's table, and what a mistake is answered with."""

import json
import os
import re
import shutil
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from interview_prep.paths import ROOT
from tests.support.invoke import INVOKE

README = (ROOT / "README.md").read_text()


def invoke(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a task in a process of its own."""
    settings = {**os.environ, **environment}
    return subprocess.run(
        [INVOKE, *arguments],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def tasks() -> list[str]:
    listing: list[dict[str, str]] = json.loads(invoke("--list", "--list-format=json").stdout)["tasks"]
    return [entry["name"] for entry in listing]


TASKS = tasks()


@pytest.mark.parametrize("task", TASKS)
def test_every_task_and_option_has_help(task: str) -> None:
    """`invoke TASK --help` explains the task and every option of it."""
    answer = invoke(task, "--help").stdout
    docstring = answer.partition("Docstring:\n")[2].partition("\n\nOptions:")[0]
    assert len(docstring.split()) >= 3
    options = re.split(r"\n(?=  -)", answer.partition("Options:\n")[2].rstrip())
    undocumented = [option for option in options if option.strip().startswith("-") and len(option.split("  ")) < 3]
    assert undocumented == []


@pytest.mark.parametrize("task", TASKS)
def test_every_task_stands_in_the_readme(task: str) -> None:
    """The README's table names each task with each of its options."""
    row = re.search(rf"^\| `invoke {task}\b([^`]*)`", README, re.MULTILINE)
    assert row
    options = set(re.findall(r"(--[a-z-]+)", invoke(task, "--help").stdout.partition("Options:")[2]))
    assert options == set(re.findall(r"--[a-z-]+", row[1].replace("NAME", "--name", "NAME" in row[1].split("--")[0])))


def test_the_readme_names_no_task_that_is_not_there() -> None:
    """A command in the README is one that can be typed."""
    assert set(re.findall(r"(?:invoke|\./prep) ([a-z][a-z-]*)", README)) - set(TASKS) <= {"is"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["warmup", "--seconds"], "No option --seconds here. `invoke warmup --help` shows the options."),
        (["warmpu"], "No task 'warmpu', but 'warmup'. `invoke --list` shows all of them."),
        (["warmup", "--minutes", "soon"], "'soon' is not a number."),
        (["warmup", "--minutes", "45"], "There is no plan for 45 minutes. `invoke warmup --minutes 30`, 60 or 90."),
        (["test", "--path", "nowhere.py"], "No file or folder 'nowhere.py' to test. `invoke test` runs everything."),
        (["bench", "--only", "everything"], "No group 'everything'."),
    ],
)
def test_a_mistake_is_one_line_and_exit_2(arguments: list[str], says: str) -> None:
    """What was wrong and the next command; no traceback."""
    answer = invoke(*arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.count("\n") == 1
    assert answer.stderr.startswith(says)


def test_lab_says_when_its_port_is_taken() -> None:
    """One line, exit 2, and no second Lab on the next port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = invoke("lab", "--port", str(taken.getsockname()[1]), PREP_CONTAINER="")
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert re.match(r"Port \d+ is in use by something else. `invoke lab --port \d+`.", answer.stderr)


def docker_that(folder: Path, script: str) -> str:
    """A PATH on which `docker` is this shell script, and the rest is the system's own."""
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    shell = shutil.which("sh")
    assert shell
    return f"{folder}{os.pathsep}{Path(shell).parent}"


@pytest.mark.parametrize(
    ("script", "option", "says"),
    [
        ('[ "$1" != compose ]', [], "This Docker has no Compose v2."),
        ('[ "$1" = compose ]', [], "The Docker engine does not answer."),
        ('[ "$1" = compose ] || echo "{}"', ["--cuda"], "This Docker engine has no NVIDIA runtime."),
    ],
)
def test_up_says_what_docker_lacks(tmp_path: Path, script: str, option: list[str], says: str) -> None:
    """One line with the fix, exit 2, before anything is started."""
    answer = invoke("up", *option, PATH=docker_that(tmp_path, script))
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert answer.stderr.startswith(says)


def test_up_says_when_there_is_no_docker(tmp_path: Path) -> None:
    """The way without Docker is named."""
    answer = invoke("up", PATH=str(tmp_path))
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert answer.stderr.startswith("No `docker` on this machine.")
    assert "./prep lab" in answer.stderr


def test_up_says_when_the_port_is_taken(tmp_path: Path) -> None:
    """Docker's own message names neither the fix nor the program."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        docker = docker_that(tmp_path, """[ "$2" != config ] || echo '{"name": "kit"}'""")
        answer = invoke("up", "--port", str(taken.getsockname()[1]), PATH=docker)
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert "is in use. `invoke up --port" in answer.stderr


def test_gpu_check_without_a_gpu_is_one_line_and_exit_1() -> None:
    """What is missing and what to do; the same facts as JSON."""
    answer = invoke("gpu-check", CUDA_VISIBLE_DEVICES="")
    assert (answer.returncode, answer.stdout.count("\n")) == (1, 1)
    document = json.loads(invoke("gpu-check", "--json", CUDA_VISIBLE_DEVICES="").stdout)
    assert (document["version"], document["ready"], document["findings"][0]["blocking"]) == (2, False, True)


def test_doctor_as_json_is_one_document() -> None:
    """Nothing but JSON on standard output; the exit code says the same."""
    answer = invoke("doctor", "--json")
    document = json.loads(answer.stdout)
    assert document["ready"] is all(check["ok"] for check in document["checks"])
    assert answer.returncode == (0 if document["ready"] else 1)
    assert {"python", "packages", "models", "offline", "work/", "memory", "threads", "port"} == {
        check["name"] for check in document["checks"]
    }
