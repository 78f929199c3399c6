"""The doctor's checks: each finds what is wrong when a test makes it wrong."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from interview_prep.lab import launch
from interview_prep.locks import read_locks
from interview_prep.machine import checks, resources


def test_locked_packages_pass() -> None:
    """The environment that runs this test was made from the lock."""
    assert not checks.check_packages().blocking, checks.check_packages().evidence


def test_wrong_and_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both versions of a wrong package are shown, and a missing package is called missing."""
    for name in ("cpu.txt", "cuda.txt"):
        (tmp_path / name).write_text("invoke==0.1 \\\n    --hash=sha256:0\nnot-there==1.0 \\\n    --hash=sha256:0\n")
    monkeypatch.setattr(read_locks, "LOCKS", tmp_path)
    finding = checks.check_packages()
    assert finding.blocking
    assert "locked 0.1" in finding.evidence
    assert "not-there missing, locked 1.0" in finding.evidence


@pytest.mark.parametrize("shadowing", ["numpy/__init__.py", "antigravity.py"])
def test_shadowing_on_pythonpath_is_named(shadowing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """PYTHONPATH hides a package or a standard module; the fix is to unset it."""
    file = tmp_path / shadowing
    file.parent.mkdir(exist_ok=True)
    file.write_text("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    finding = checks.check_packages()
    named = file.parent if file.name == "__init__.py" else file
    assert (finding.blocking, finding.evidence) == (True, f"PYTHONPATH puts {named} before the kit's own")
    assert finding.fix.startswith("`unset PYTHONPATH`")


@pytest.mark.parametrize("harmless", ["numpy-1.26.4.dist-info/METADATA", "mine.py"])
def test_other_files_on_pythonpath_are_fine(harmless: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A module of the person's own hides nothing."""
    file = tmp_path / harmless
    file.parent.mkdir(exist_ok=True)
    file.write_text("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert checks.find_shadowing() == []


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
def test_offline_check_agrees_with_huggingface_hub(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, ok: bool
) -> None:
    """The library itself reads each value the same way; online, an example would wait for the network."""
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.delenv("TRANSFORMERS_OFFLINE", raising=False)
    monkeypatch.setenv(name, value)
    finding = checks.check_offline()
    assert (finding.blocking, finding.evidence) == (not ok, f"{name}={value}")
    program = "from huggingface_hub import constants; print(constants.HF_HUB_OFFLINE)"
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == f"{ok}\n"


def test_read_only_work_folder_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The fix names the folder that can't be written."""
    monkeypatch.setenv("PREP_WORK", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda *_: False)
    finding = checks.check_work_folder()
    assert (finding.blocking, finding.evidence) == (True, "cannot be written")
    assert str(tmp_path) in finding.fix


def test_more_threads_than_processors_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container with two of sixty-four processors is slowed down by sixty-four threads."""
    monkeypatch.setenv("OMP_NUM_THREADS", "4096")
    finding = checks.check_threads()
    processors = resources.count_processors()
    assert (finding.blocking, finding.evidence) == (True, f"4096 for {processors} processors")
    assert finding.fix == f"`export OMP_NUM_THREADS={processors}`."


def test_processors_ignore_limits_for_joblib(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable for joblib's own workers changes nothing, even if it isn't a number."""
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "many")
    assert 1 <= resources.count_processors() <= resources.count_usable_processors()


@pytest.mark.parametrize("files", resources.MEMORY_FILES, ids=["cgroup v2", "cgroup v1"])
def test_memory_counts_within_cgroup_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: tuple[str, str, str, str]
) -> None:
    """What the container may still use counts, cached files included, not what the machine has free."""
    limit, usage, statistics, cached = files
    (tmp_path / "memory").mkdir()
    (tmp_path / limit).write_text("3000000000\n")
    (tmp_path / usage).write_text("2000000000\n")
    monkeypatch.setattr(resources, "CGROUP", tmp_path)
    finding = checks.check_memory()
    assert (finding.blocking, finding.evidence) == (True, "1.0 GB free")
    (tmp_path / statistics).write_text(f"anon 1\n{cached} 500000000\n")
    assert checks.check_memory().evidence == "1.5 GB free"


def test_cgroup_without_limit_leaves_machine_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`max` means that there is no limit."""
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("2000000000\n")
    monkeypatch.setattr(resources, "CGROUP", tmp_path)
    assert resources.free_within_limits() == []


class NotFoundHandler(BaseHTTPRequestHandler):
    """A web server that has nothing."""

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.mark.parametrize("responds", [True, False])
def test_port_taken_by_another_program_is_found(monkeypatch: pytest.MonkeyPatch, responds: bool) -> None:
    """A web server that isn't Lab, and a server that never responds."""
    monkeypatch.delenv("PREP_CONTAINER", raising=False)
    if not responds:
        monkeypatch.setattr(launch, "RESPONSE_TIMEOUT", 0.05)
    with HTTPServer(("127.0.0.1", 0), NotFoundHandler) as server:
        if responds:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        monkeypatch.setenv("PREP_PORT", str(server.server_port))
        finding = checks.check_port()
        if responds:
            server.shutdown()
    assert (finding.blocking, finding.evidence) == (True, f"{server.server_port} is in use by something else")
    assert f"invoke lab --port {server.server_port + 1}" in finding.fix


def test_in_the_image_labs_own_port_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose publishes 8888 on another port, which can't be seen from inside, so nothing is said about that one."""
    monkeypatch.setenv("PREP_CONTAINER", "1")
    monkeypatch.setenv("PREP_PORT", "9999")
    checked: list[int] = []

    def find_nobody(number: int) -> str:
        checked.append(number)
        return "nobody"

    monkeypatch.setattr(launch, "find_listener", find_nobody)
    assert checks.check_port().evidence == "nothing listens on 8888 in this container"
    assert checked == [8888]
