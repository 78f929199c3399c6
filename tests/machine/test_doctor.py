"""The doctor finds what is wrong, by making it wrong."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from interview_prep.lab import launch
from interview_prep.locks import read_locks
from interview_prep.machine import doctor, resources
from interview_prep.paths import ROOT


def test_packages_as_locked_are_well() -> None:
    """The environment that runs this test was made from the lock."""
    assert doctor.check_packages().ok, doctor.check_packages().evidence


def test_a_package_that_is_not_the_locked_one_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both versions are told, and a missing package is called missing."""
    for name in ("cpu.txt", "cuda.txt"):
        (tmp_path / name).write_text("invoke==0.1 \\\n    --hash=sha256:0\nnot-there==1.0 \\\n    --hash=sha256:0\n")
    monkeypatch.setattr(read_locks, "LOCKS", tmp_path)
    check = doctor.check_packages()
    assert not check.ok
    assert "locked 0.1" in check.evidence
    assert "not-there missing, locked 1.0" in check.evidence


@pytest.mark.parametrize(
    ("package", "foreign"),
    [
        ("numpy/__init__.py", True),
        ("antigravity.py", True),
        ("numpy-1.26.4.dist-info/METADATA", False),
        ("mine.py", False),
    ],
)
def test_what_pythonpath_puts_before_the_kit_is_named(tmp_path: Path, package: str, foreign: bool) -> None:
    """PYTHONPATH and the way out are named: the environment itself is whole, and making it anew would fix nothing."""
    file = tmp_path / package
    file.parent.mkdir(exist_ok=True)
    file.write_text("")
    program = "import dataclasses, json; from interview_prep.machine import doctor as d;"
    program += "print(json.dumps(dataclasses.asdict(d.check_packages()) if d.find_shadowing() else None))"
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(run.stdout)
    assert bool(found) is foreign
    if found:
        named = file.parent if file.name == "__init__.py" else file
        assert found["evidence"] == f"PYTHONPATH puts {named} before the kit's own"
        assert (found["ok"], found["fix"].startswith("`unset PYTHONPATH`")) == (False, True)


@pytest.mark.parametrize(
    ("name", "value", "ok"),
    [
        ("HF_HUB_OFFLINE", "0", False),
        ("HF_HUB_OFFLINE", "", False),
        ("HF_HUB_OFFLINE", "1", True),
        ("HF_HUB_OFFLINE", "yes", True),
        ("TRANSFORMERS_OFFLINE", "True", True),
    ],
)
def test_offline_is_what_huggingface_hub_takes_for_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, ok: bool
) -> None:
    """Otherwise an example waits for the network. The library itself says the same of each value."""
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.delenv("TRANSFORMERS_OFFLINE", raising=False)
    monkeypatch.setenv(name, value)
    assert (doctor.check_offline().ok, doctor.check_offline().evidence) == (ok, f"{name}={value}")
    program = "from huggingface_hub import constants; print(constants.HF_HUB_OFFLINE)"
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == f"{ok}\n"


def test_more_threads_than_processors_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container with two of sixty-four processors is slowed down by sixty-four threads."""
    monkeypatch.setenv("OMP_NUM_THREADS", "4096")
    check = doctor.check_threads()
    assert not check.ok
    assert check.evidence.startswith("4096 for ")


@pytest.mark.parametrize("files", resources.MEMORY_FILES, ids=["cgroup v2", "cgroup v1"])
def test_a_cgroup_limit_counts_for_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: tuple[str, str, str, str]
) -> None:
    """What the container may still use, not what the machine has free; files that can be dropped are free."""
    limit, used, statistics, cache = files
    (tmp_path / "memory").mkdir()
    (tmp_path / limit).write_text("3000000000\n")
    (tmp_path / used).write_text("2000000000\n")
    monkeypatch.setattr(resources, "CGROUP", tmp_path)
    check = doctor.check_memory()
    assert (check.ok, check.evidence) == (False, "1.0 GB free")
    (tmp_path / statistics).write_text(f"anon 1\n{cache} 500000000\n")
    assert doctor.check_memory().evidence == "1.5 GB free"


def test_no_cgroup_limit_leaves_what_the_machine_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`max` is no number."""
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("2000000000\n")
    monkeypatch.setattr(resources, "CGROUP", tmp_path)
    assert resources.free_within_limits() == []


class _NotFound(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.mark.parametrize("answers", [True, False])
def test_a_port_in_use_by_something_else_is_found(monkeypatch: pytest.MonkeyPatch, answers: bool) -> None:
    """Something that listens and is not Lab: a web server, and one that never says a word."""
    monkeypatch.delenv("PREP_CONTAINER", raising=False)
    with HTTPServer(("127.0.0.1", 0), _NotFound) as server:
        if answers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        monkeypatch.setenv("PREP_PORT", str(server.server_port))
        check = doctor.check_port()
        if answers:
            server.shutdown()
    assert (check.ok, check.evidence) == (False, f"{server.server_port} is in use by something else")
    assert f"invoke lab --port {server.server_port + 1}" in check.fix


def test_in_a_container_lab_s_own_port_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose publishes 8888 elsewhere; the machine's ports cannot be seen from inside, so none is called free."""
    monkeypatch.setenv("PREP_CONTAINER", "1")
    monkeypatch.setenv("PREP_PORT", "9999")
    looked_at: list[int] = []

    def nobody(number: int) -> str:
        looked_at.append(number)
        return "nobody"

    monkeypatch.setattr(launch, "find_listener", nobody)
    assert doctor.check_port().evidence == "nothing listens on 8888 in this container"
    assert looked_at == [8888]


@pytest.mark.parametrize(("number", "proposed"), [(8888, 8889), (65535, 8888)])
def test_a_port_that_is_proposed_exists(number: int, proposed: int) -> None:
    """The last one has no next one."""
    assert launch.next_port(number) == proposed
