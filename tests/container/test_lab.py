"""`docker compose up -d lab` in a checkout of UID 1000: one URL, a Lab behind it, and a health that tells the truth."""

import json
import re
import socket
from collections.abc import Iterator

import pytest

from tests.container.engine import Checkout, checkout, inspect, succeed, wait
from tests.container.lab import Lab, printed_urls

SIGNAL_LAB = """
import os, pathlib, signal
for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    if b"jupyterlab" in path.read_bytes().split(b"\\0"):
        os.kill(int(path.parent.name), signal.%s)
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    with checkout(tmp_path_factory.mktemp("lab"), owner=1000) as made:
        yield made


@pytest.fixture(scope="module")
def lab(copy: Checkout) -> Lab:
    return copy.up()


@pytest.fixture(scope="module")
def start_log(copy: Checkout, lab: Lab) -> str:
    """The log of a Lab that has started and shown its page once."""
    lab.ask("GET", "/lab")
    return copy.log()


def test_exactly_one_url_is_printed_and_it_has_the_port_and_a_token(copy: Checkout, start_log: str) -> None:
    """A person must see at once what to click."""
    assert len(re.findall(r"https?://", start_log)) == 1, start_log
    ((port, token),) = printed_urls(start_log)
    assert port == copy.port
    assert len(token) >= 32


def test_nothing_else_is_logged_at_start(start_log: str) -> None:
    """Lab logs warnings and errors only, so any further line is one."""
    assert start_log.strip().splitlines()[1:] == []
    assert not re.search(r"warning|error|traceback", start_log, re.IGNORECASE)


def test_lab_s_page_opens_with_the_printed_token(lab: Lab) -> None:
    """The click itself: the token in the query, as in the printed URL, and JupyterLab's page in the answer."""
    status, page = Lab(lab.port, token="").ask("GET", f"/lab?token={lab.token}")
    assert status == 200
    assert b"<title>JupyterLab</title>" in page


def test_a_notebook_cell_imports_torch(lab: Lab) -> None:
    """The kernel that Lab starts is the prepared environment."""
    assert lab.run_cell("import torch, sys; print(torch.arange(4).sum().item(), sys.executable)") == (
        "6 /opt/venv/bin/python\n"
    )


@pytest.mark.parametrize("page", ["pytorch/model_training_loop.py", "reference/pandas_patterns.md"])
def test_a_script_and_a_sheet_open_as_notebooks(lab: Lab, page: str) -> None:
    """What "Open With, Jupytext Notebook" asks for: cells of code, from the one file."""
    status, answer = lab.ask("GET", f"/api/contents/interview_prep/ml/{page}?type=notebook")
    cells = json.loads(answer)["content"]["cells"]
    assert status == 200
    assert sum(cell["cell_type"] == "code" for cell in cells) > 3


@pytest.mark.parametrize("token", ["", "0" * 48])
def test_without_the_right_token_lab_refuses(lab: Lab, token: str) -> None:
    """Another user of the machine can reach the port, and must not get a shell by it."""
    assert Lab(lab.port, token).ask("GET", "/api/contents")[0] == 403
    assert Lab(lab.port, token).ask("POST", "/api/terminals", {})[0] == 403


@pytest.mark.usefixtures("lab")
def test_the_port_is_published_on_127_0_0_1_only(copy: Checkout) -> None:
    """Nobody else on the network can reach Lab; the engine's bridge stands for the machine's other addresses."""
    published = inspect(copy.container())["NetworkSettings"]["Ports"]
    assert published == {"8888/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(copy.port)}]}
    format_ = "{{(index .IPAM.Config 0).Gateway}}"
    gateway = succeed("docker", "network", "inspect", f"{copy.project}_default", "--format", format_).strip()
    with socket.socket() as probe:
        probe.settimeout(2)
        assert probe.connect_ex((gateway, copy.port)) != 0


@pytest.mark.usefixtures("lab")
def test_the_container_becomes_healthy(copy: Checkout) -> None:
    """An editor or script that waits for `healthy` goes on as soon as Lab can be used."""
    wait("a healthy container", 30, lambda: copy.health() == "healthy")


@pytest.mark.usefixtures("lab")
def test_the_container_is_unhealthy_while_lab_is_stopped(copy: Checkout) -> None:
    """The process is there and does not answer: a check that only looks for the process would stay green."""
    wait("a healthy container", 30, lambda: copy.health() == "healthy")
    copy.in_container("python", "-c", SIGNAL_LAB % "SIGSTOP")
    try:
        wait("an unhealthy container", 60, lambda: copy.health() == "unhealthy")
    finally:
        copy.in_container("python", "-c", SIGNAL_LAB % "SIGCONT")
    wait("a container that is healthy again", 30, lambda: copy.health() == "healthy")
