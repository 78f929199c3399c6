"""A Lab that is really started in a person's environment: their Jupyter settings, a proxy, a token of their own."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from interview_prep.lab import launch
from interview_prep.paths import ROOT
from tests.support.invoke import INVOKE

TOKEN = " our day&t=1#20%ü "
DEAD_PROXY = "http://127.0.0.1:9"  # nothing listens there
PROXIES = {name: DEAD_PROXY for word in ("http", "https", "all") for name in (f"{word}_proxy", f"{word}_proxy".upper())}
PERSONAL_SETTINGS = """
c.ServerApp.password = c.PasswordIdentityProvider.hashed_password = "argon2:$argon2id$v=19$m=10240,t=10,p=8$a$b"
c.ServerApp.token = c.IdentityProvider.token = ""
c.ServerApp.ip, c.ServerApp.port, c.ServerApp.base_url = "localhost", 7777, "/user/me/"
c.ServerApp.certfile = c.ServerApp.keyfile = "/nowhere.pem"
c.ServerApp.root_dir = c.ServerApp.preferred_dir = "/"
c.LabApp.default_url = "/tree"
"""


@dataclass(frozen=True)
class RunningLab:
    """One Lab: the checkout that it serves, its environment, its port, and the URL that it printed."""

    checkout: Path
    environment: dict[str, str]
    port: int
    url: str

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def get_with_token(self, path: str) -> tuple[int, bytes]:
        return self.get(f"{path}?{self.url.partition('?')[2]}")

    def invoke(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [INVOKE, *arguments],
            cwd=self.checkout, env=self.environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip


def make_checkout(folder: Path) -> Path:
    """A copy of the kit without its material, so that nothing is written into this checkout's work/."""
    excluded = shutil.ignore_patterns("ml", "drills", "__pycache__")
    shutil.copytree(ROOT / "interview_prep", folder / "interview_prep", ignore=excluded)
    shutil.copytree(ROOT / "docker" / "locks", folder / "docker" / "locks")
    shutil.copy(ROOT / "tasks.py", folder)
    return folder


def make_home(folder: Path) -> Path:
    """The home folder of somebody who set up Jupyter for other work: settings, and a kernel called python3."""
    settings, kernel = folder / ".jupyter", folder / ".local" / "share" / "jupyter" / "kernels" / "python3"
    for name in ("jupyter", "jupyter_server", "jupyter_lab"):
        settings.mkdir(parents=True, exist_ok=True)
        (settings / f"{name}_config.py").write_text(PERSONAL_SETTINGS)
    kernel.mkdir(parents=True)
    spec = {"argv": ["/bin/false"], "display_name": "Another Python", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    return folder


@pytest.fixture(scope="module")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    """Run `invoke lab` and wait until it answers."""
    home = make_home(tmp_path_factory.mktemp("home"))
    checkout = make_checkout(tmp_path_factory.mktemp("checkout") / "kit")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PREP_"))}
    for_other_jupyters = {
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_PATH": str(home / ".local" / "share" / "jupyter"),
        "JUPYTER_PREFER_ENV_PATH": "0",
        "JUPYTER_PORT": "7778",
        "JUPYTERLAB_DIR": str(home / "nowhere"),
    }
    own = {"HOME": str(home), "JUPYTER_TOKEN": TOKEN, "PREP_PORT": str(port)}
    environment = {**inherited, **PROXIES, **for_other_jupyters, **own}
    with subprocess.Popen(
        [INVOKE, "lab"], cwd=checkout, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        assert server.stderr
        lab = RunningLab(checkout, environment, port, server.stdout.readline().strip().removeprefix("JupyterLab: "))
        try:
            wait_for_answer(server, port)
            yield lab
        finally:
            server.terminate()
            server.communicate()


def wait_for_answer(server: "subprocess.Popen[str]", port: int) -> None:
    """Wait until Lab answers; fail with its output if it ends or does not."""
    deadline = time.monotonic() + 120
    while launch.find_listener(port) == "nobody":
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            pytest.fail(f"Lab does not answer: {server.communicate()}")
        time.sleep(0.05)


def test_printed_url_opens_lab(running_lab: RunningLab) -> None:
    """One click and no login page, whatever characters the token has and whatever the person's settings say."""
    address, _, path = running_lab.url.partition("/lab?")
    assert address == f"http://127.0.0.1:{running_lab.port}"
    status, page = running_lab.get(f"/lab?{path}")
    assert status == 200
    assert b"<title>JupyterLab</title>" in page


@pytest.mark.parametrize("query", ["", "?token=", "?token=our"])
def test_wrong_token_is_rejected(running_lab: RunningLab, query: str) -> None:
    """Although the person's own settings have an empty token, which would let everybody on the machine in."""
    assert running_lab.get(f"/api/contents{query}")[0] == 403


def test_lab_shows_the_checkout(running_lab: RunningLab) -> None:
    """Not the folder that the person's settings name."""
    names = {entry["name"] for entry in json.loads(running_lab.get_with_token("/api/contents")[1])["content"]}
    assert "tasks.py" in names


def test_kernel_is_the_prepared_python(running_lab: RunningLab) -> None:
    """Not the kernel of the same name in the home folder, which is another Python without the packages."""
    kernel = json.loads(running_lab.get_with_token("/api/kernelspecs")[1])["kernelspecs"]["python3"]
    assert kernel["spec"]["display_name"] != "Another Python"
    assert kernel["spec"]["argv"][1:3] == ["-m", "ipykernel_launcher"]  # which Lab starts with its own Python


def test_doctor_recognizes_this_checkouts_lab(running_lab: RunningLab) -> None:
    """Although a request through the person's proxy would fail."""
    checks = json.loads(running_lab.invoke("doctor", "--json").stdout)["checks"]
    (port,) = [check for check in checks if check["name"] == "port"]
    assert (port["ok"], port["evidence"]) == (True, f"this checkout's Lab answers on {running_lab.port}")


def test_second_start_prints_the_url_of_the_first(running_lab: RunningLab) -> None:
    """One line and exit 2."""
    second = running_lab.invoke("lab")
    assert (second.returncode, second.stderr) == (2, f"This checkout's Lab already runs: {running_lab.url}\n")


def test_lab_of_another_checkout_is_recognized(
    running_lab: RunningLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Two checkouts on one machine can't share a port."""
    monkeypatch.setattr(launch, "STATE", tmp_path)
    assert launch.find_listener(running_lab.port) == "another Lab of the kit"
