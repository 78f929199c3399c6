"""A really started Lab, in a person's surroundings: their Jupyter settings, a proxy, and a token of their own."""

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
DEAD = "http://127.0.0.1:9"  # nothing listens there
PROXIES = {name: DEAD for word in ("http", "https", "all") for name in (f"{word}_proxy", f"{word}_proxy".upper())}
PERSONAL = """
c.ServerApp.password = c.PasswordIdentityProvider.hashed_password = "argon2:$argon2id$v=19$m=10240,t=10,p=8$a$b"
c.ServerApp.token = c.IdentityProvider.token = ""
c.ServerApp.ip, c.ServerApp.port, c.ServerApp.base_url = "localhost", 7777, "/user/me/"
c.ServerApp.certfile = c.ServerApp.keyfile = "/nowhere.pem"
c.ServerApp.root_dir = c.ServerApp.preferred_dir = "/"
c.LabApp.default_url = "/tree"
"""


@dataclass(frozen=True)
class Started:
    """One Lab: the checkout that it serves, its surroundings, and the URL that it printed."""

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
    """A checkout without the material, so that nothing is written into this one's work/."""
    left_out = shutil.ignore_patterns("ml", "drills", "__pycache__")
    shutil.copytree(ROOT / "interview_prep", folder / "interview_prep", ignore=left_out)
    shutil.copytree(ROOT / "docker" / "locks", folder / "docker" / "locks")
    shutil.copy(ROOT / "tasks.py", folder)
    return folder


def make_home(folder: Path) -> Path:
    """The home of somebody who has set up Jupyter for other work: settings, and a kernel that is called python3."""
    settings, kernel = folder / ".jupyter", folder / ".local" / "share" / "jupyter" / "kernels" / "python3"
    for name in ("jupyter", "jupyter_server", "jupyter_lab"):
        settings.mkdir(parents=True, exist_ok=True)
        (settings / f"{name}_config.py").write_text(PERSONAL)
    kernel.mkdir(parents=True)
    spec = {"argv": ["/bin/false"], "display_name": "Another Python", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    return folder


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """`invoke lab` until it answers."""
    home = make_home(tmp_path_factory.mktemp("home"))
    checkout = make_checkout(tmp_path_factory.mktemp("checkout") / "kit")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PREP_"))}
    others = {
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_PATH": str(home / ".local" / "share" / "jupyter"),
        "JUPYTER_PREFER_ENV_PATH": "0",
        "JUPYTER_PORT": "7778",
        "JUPYTERLAB_DIR": str(home / "nowhere"),
    }
    own = {"HOME": str(home), "JUPYTER_TOKEN": TOKEN, "PREP_PORT": str(port)}
    environment = {**kept, **PROXIES, **others, **own}
    with subprocess.Popen(
        [INVOKE, "lab"], cwd=checkout, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        assert server.stderr
        found = Started(checkout, environment, port, server.stdout.readline().strip().removeprefix("JupyterLab: "))
        try:
            wait_for_answer(server, port)
            yield found
        finally:
            server.terminate()
            server.communicate()


def wait_for_answer(server: "subprocess.Popen[str]", port: int) -> None:
    """Until it answers, or has ended with a reason."""
    deadline = time.monotonic() + 120
    while launch.find_listener(port) == "nobody":
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            pytest.fail(f"Lab does not answer: {server.communicate()}")
        time.sleep(0.05)


def test_the_printed_url_opens_lab(started: Started) -> None:
    """A click on it, without a login page, whatever the token holds and the person's settings say."""
    address, _, path = started.url.partition("/lab?")
    assert address == f"http://127.0.0.1:{started.port}"
    status, page = started.get(f"/lab?{path}")
    assert status == 200
    assert b"<title>JupyterLab</title>" in page


@pytest.mark.parametrize("query", ["", "?token=", "?token=our"])
def test_without_the_token_nothing_is_told(started: Started, query: str) -> None:
    """The person's empty token does not open the door to everybody on this machine."""
    assert started.get(f"/api/contents{query}")[0] == 403


def test_lab_shows_the_checkout(started: Started) -> None:
    """And not the folder of the person's settings."""
    names = {entry["name"] for entry in json.loads(started.get_with_token("/api/contents")[1])["content"]}
    assert "tasks.py" in names


def test_the_kernel_is_the_prepared_python(started: Started) -> None:
    """A kernel of the same name in the home folder is another Python's, without the packages."""
    kernel = json.loads(started.get_with_token("/api/kernelspecs")[1])["kernelspecs"]["python3"]
    assert kernel["spec"]["display_name"] != "Another Python"
    assert kernel["spec"]["argv"][1:3] == ["-m", "ipykernel_launcher"]  # which is started with Lab's own Python


def test_the_doctor_knows_its_own_lab(started: Started) -> None:
    """Although every request to another machine would end at a dead proxy."""
    checks = json.loads(started.invoke("doctor", "--json").stdout)["checks"]
    (port,) = [check for check in checks if check["name"] == "port"]
    assert (port["ok"], port["evidence"]) == (True, f"this checkout's Lab answers on {started.port}")


def test_a_second_start_says_where_the_first_one_is(started: Started) -> None:
    """One line, exit 2, and the URL once more."""
    again = started.invoke("lab")
    assert (again.returncode, again.stderr) == (2, f"This checkout's Lab already runs: {started.url}\n")


def test_the_lab_of_another_checkout_is_another(
    started: Started, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Two checkouts on one machine cannot have one port."""
    monkeypatch.setattr(launch, "STATE", tmp_path)
    assert launch.find_listener(started.port) == "another Lab of the kit"


@pytest.mark.parametrize("token", ["a\nb", "a\udcffb", "a\x1bb"])
def test_a_token_that_no_url_can_carry_is_refused(token: str) -> None:
    """One line that names the variable, and exit 2."""
    answer = subprocess.run(
        [INVOKE, "lab"],
        cwd=ROOT, env={**os.environ, "JUPYTER_TOKEN": token}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
    assert answer.stderr.startswith("JUPYTER_TOKEN has a character that cannot be printed.")


def test_a_token_that_was_half_written_is_made_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A full disk leaves an empty file, and an empty token would let everybody in."""
    monkeypatch.setattr(launch, "STATE", tmp_path)
    monkeypatch.delenv("JUPYTER_TOKEN", raising=False)
    (tmp_path / "token").touch()
    assert len(launch.read_token()) == 48
    assert launch.read_token() == launch.read_token()
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["token"]
