"""The tasks as a person meets them: help, the table in docs/, and what a mistake is answered with."""

import json
import os
import re
import shutil
import socket
import stat
from pathlib import Path

import pytest

from interview_prep.paths import ROOT
from tests.support.invoke import run_task

COMMANDS = (ROOT / "docs" / "commands.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("[!.]*.md"))]


def list_task_names() -> list[str]:
    """Every task that `invoke --list` shows."""
    listing: list[dict[str, str]] = json.loads(run_task("--list", "--list-format=json").stdout)["tasks"]
    return [entry["name"] for entry in listing]


TASKS = list_task_names()


@pytest.mark.parametrize("task", TASKS)
def test_every_task_and_option_has_help(task: str) -> None:
    """`invoke TASK --help` explains the task and every option of it."""
    shown = run_task(task, "--help").stdout
    docstring = shown.partition("Docstring:\n")[2].partition("\n\nOptions:")[0]
    assert len(docstring.split()) >= 3
    options = re.split(r"\n(?=  -)", shown.partition("Options:\n")[2].rstrip())
    undocumented = [option for option in options if option.strip().startswith("-") and len(option.split("  ")) < 3]
    assert undocumented == []


@pytest.mark.parametrize("task", TASKS)
def test_every_task_is_in_the_table_of_commands(task: str) -> None:
    """docs/commands.md names each task with each of its options."""
    row = re.search(rf"^\| `invoke {task}\b([^`]*)`", COMMANDS, re.MULTILINE)
    assert row
    options = set(re.findall(r"(--[a-z-]+)", run_task(task, "--help").stdout.partition("Options:")[2]))
    assert options == set(re.findall(r"--[a-z-]+", row[1].replace("NAME", "--name", "NAME" in row[1].split("--")[0])))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_names_only_tasks_that_exist(page: Path) -> None:
    """A command in the README or in docs/ is one that can be typed."""
    commands = re.findall(r"(?:^|`)(?:invoke|\./prep) ([a-z][a-z-]*)", page.read_text(), re.MULTILINE)
    assert set(commands) - set(TASKS) == set()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["warmup", "--minutes", "45"], "There is no plan for 45 minutes. `invoke warmup --minutes 30`, 60 or 90."),
        (["test", "--path", "nowhere.py"], "No file or folder 'nowhere.py' to test. `invoke test` runs everything."),
        (["bench", "--only", "everything"], "No group 'everything'."),
    ],
)
def test_value_that_a_task_refuses_is_one_line_and_exit_2(arguments: list[str], message: str) -> None:
    """The line names it and the next command."""
    result = run_task(*arguments)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert result.stderr.startswith(message)


def test_lab_refuses_a_port_that_is_taken() -> None:
    """One line, exit 2, and no second Lab on the next port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run_task("lab", "--port", str(taken.getsockname()[1]), PREP_CONTAINER="")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert re.match(r"Port \d+ is in use by something else. `invoke lab --port \d+`.", result.stderr)


def make_docker(folder: Path, script: str) -> str:
    """A PATH on which `docker` is this shell script, and the rest is the system's own."""
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    shell = shutil.which("sh")
    assert shell
    return f"{folder}{os.pathsep}{Path(shell).parent}"


@pytest.mark.parametrize(
    ("script", "options", "message"),
    [
        ('[ "$1" != compose ]', [], "This Docker has no Compose v2."),
        ('[ "$1" = compose ]', [], "The Docker engine does not answer."),
        ('[ "$1" = compose ] || echo "{}"', ["--cuda"], "This Docker engine has no NVIDIA runtime."),
    ],
)
def test_up_says_what_docker_lacks(tmp_path: Path, script: str, options: list[str], message: str) -> None:
    """One line with the fix, exit 2, before anything is started."""
    result = run_task("up", *options, PATH=make_docker(tmp_path, script))
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.startswith(message)


def test_up_says_when_there_is_no_docker(tmp_path: Path) -> None:
    """The way without Docker is named."""
    result = run_task("up", PATH=str(tmp_path))
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.startswith("No `docker` on this machine.")
    assert "./prep lab" in result.stderr


def test_up_says_when_the_port_is_taken(tmp_path: Path) -> None:
    """Docker's own message names neither the fix nor the program."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        docker = make_docker(tmp_path, """[ "$2" != config ] || echo '{"name": "kit"}'""")
        result = run_task("up", "--port", str(taken.getsockname()[1]), PATH=docker)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "is in use. `invoke up --port" in result.stderr


def test_gpu_check_without_a_gpu_is_one_line_and_exit_1() -> None:
    """What is missing and what to do; the same facts as JSON."""
    result = run_task("gpu-check", "--json", CUDA_VISIBLE_DEVICES="")
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    document = json.loads(result.stdout)
    assert (document["version"], document["ready"], document["findings"][0]["blocking"]) == (2, False, True)


def test_doctor_as_json_is_one_document() -> None:
    """Nothing but JSON on standard output; the exit code says the same."""
    result = run_task("doctor", "--json")
    document = json.loads(result.stdout)
    assert document["ready"] is all(check["ok"] for check in document["checks"])
    assert result.returncode == (0 if document["ready"] else 1)
    assert {"python", "packages", "models", "offline", "work/", "memory", "threads", "port"} == {
        check["name"] for check in document["checks"]
    }
