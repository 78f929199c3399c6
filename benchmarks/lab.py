"""From command to Lab's first answer: `docker compose up` of a built image, and bare `jupyter lab`. Needs Docker."""

import contextlib
import http.client
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

from benchmarks.measurement import CommandError, Row
from interview_prep.lab import launch
from interview_prep.machine import docker
from interview_prep.paths import ROOT

PORT = 18888


def measure() -> Iterator[Row]:
    """One row; medians of three starts."""
    docker.check_docker()
    bare = statistics.median(time_until_answer(run_bare_lab) for _ in range(3))
    composed = statistics.median(time_until_answer(run_compose_lab) for _ in range(3))
    yield Row(
        "docker compose up, until Lab answers", composed, "jupyter lab on this machine", bare, "s", "ratio ≤ 1.25"
    )


def time_until_answer(server: Callable[[], contextlib.AbstractContextManager[None]]) -> float:
    """Seconds from the start of a server to its first answer; raises CommandError after two minutes."""
    begin = time.perf_counter()
    with server():
        while time.perf_counter() - begin < 120:
            with contextlib.suppress(OSError, http.client.HTTPException):
                launch.send_get(PORT, "/api")
                return time.perf_counter() - begin
            time.sleep(0.02)
    raise CommandError(f"Nothing answered on port {PORT} in two minutes. `docker compose logs lab`.")


@contextlib.contextmanager
def run_bare_lab() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        options = ["--no-browser", "--allow-root", f"--port={PORT}", f"--ServerApp.root_dir={folder}"]
        environment = {**os.environ, "JUPYTER_CONFIG_DIR": folder}  # a person's settings could move it elsewhere
        command = [sys.executable, "-m", "jupyterlab", *options]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=folder, env=environment) as server:
            yield
            server.send_signal(signal.SIGTERM)


@contextlib.contextmanager
def run_compose_lab() -> Iterator[None]:
    compose = ["docker", "compose", "--project-name", "prep-bench"]
    environment = {**os.environ, "PREP_PORT": str(PORT)}
    with subprocess.Popen(
        [*compose, "up", "lab"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ):
        try:
            yield
        finally:
            subprocess.run([*compose, "down"], cwd=ROOT, env=environment, capture_output=True, check=True)
