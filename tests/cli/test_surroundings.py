"""Tests and tasks do the same whatever a person has set for other programs."""

import os
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from interview_prep.paths import ROOT
from tests.support.invoke import INVOKE, run_task

DEAD = "http://127.0.0.1:9"  # nothing listens there
PROXIES = {name: DEAD for word in ("http", "https", "all") for name in (f"{word}_proxy", f"{word}_proxy".upper())}
HOSTILE = {
    **PROXIES,
    "HF_HUB_ENABLE_HF_TRANSFER": "1",
    "HF_HUB_OFFLINE": "0",
    "HF_ENDPOINT": DEAD,
    "HF_TOKEN": "no such token",
    "HF_HUB_DISABLE_PROGRESS_BARS": "0",
    "HF_HUB_ETAG_TIMEOUT": "soon",
    "TRANSFORMERS_VERBOSITY": "debug",
    "MPLBACKEND": "TkAgg",
    "COLUMNS": "30",
    "TERM": "dumb",
    "FORCE_COLOR": "1",
    "PAGER": "/no/such/pager",
    "INVOKE_RUN_DRY": "1",
    "JUPYTER_CONFIG_DIR": "/no/such/folder",
    "PREP_PORT": "none",
    "PREP_WORK": "/dev/null",
}
SELECTION = (
    "tests/weights/test_fetch.py::test_fetch_brings_every_byte_once",
    "tests/weights/test_fetch.py::test_files_fetched_by_huggingface_hub_are_accepted",
    "tests/weights/test_models_command.py::test_fetched_set_is_there",
    "tests/cli/test_tasks.py::test_gpu_check_without_a_gpu_is_one_line_and_exit_1",
)


@pytest.fixture(scope="module")
def hostile_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables above, and a home folder with settings of matplotlib."""
    home = tmp_path_factory.mktemp("home")
    settings = home / ".config" / "matplotlib"
    settings.mkdir(parents=True)
    (settings / "matplotlibrc").write_text("backend: TkAgg\nbackend_fallback: False\nfigure.figsize: 1, 1\n")
    kept = {name: value for name, value in os.environ.items() if name not in ("no_proxy", "NO_PROXY", "MATPLOTLIBRC")}
    return {**kept, **HOSTILE, "HOME": str(home)}


def test_tests_pass_in_hostile_surroundings(hostile_environment: dict[str, str]) -> None:
    """A part of them in hostile surroundings: the Hub of the tests behind a proxy, libraries that warn, no display."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--color=no", *SELECTION],
        cwd=ROOT, env=hostile_environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert " passed" in run.stdout.splitlines()[-1]


def test_figures_are_drawn_without_a_display(hostile_environment: dict[str, str]) -> None:
    """Although MPLBACKEND and the person's matplotlibrc ask for windows."""
    program = "from interview_prep.ml.visualization import matplotlib_quick_patterns as p; p.plt.subplots(); "
    program += "print(p.mpl.get_backend())"
    environment = {name: value for name, value in hostile_environment.items() if name != "DISPLAY"}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout.lower()) == (0, "agg\n"), run.stderr


def test_notebook_keeps_its_own_backend() -> None:
    """Figures are shown below the cell there."""
    program = "from interview_prep.ml.visualization import matplotlib_quick_patterns as p; print(p.mpl.get_backend())"
    inline = "module://matplotlib_inline.backend_inline"
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, env={**os.environ, "MPLBACKEND": inline}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip() in (inline, "inline")


PERSONAL = {
    ".invoke.yaml": "tasks: {executor_class: no.such.Executor, dedupe: false}\nrun: {dry: true, echo: true}\n",
    "runtime.yaml": "tasks: {executor_class: no.such.Executor}\n",
}


def test_person_s_own_settings_of_invoke_change_no_task(tmp_path: Path) -> None:
    """Neither from the home folder, nor from a file that a variable names, nor from variables."""
    for name, text in PERSONAL.items():
        (tmp_path / name).write_text(text)
    variables = {"INVOKE_RUNTIME_CONFIG": str(tmp_path / "runtime.yaml"), "INVOKE_TASKS_EXECUTOR_CLASS": "no.Such"}
    usual, hostile = (
        subprocess.run(
            [INVOKE, "--search-root", str(ROOT), "drills", "--topic", "losses"],
            cwd=tmp_path, env={**os.environ, **own}, capture_output=True, text=True, check=False,
        )
        for own in ({}, {**variables, "HOME": str(tmp_path)})
    )  # fmt: skip
    assert (hostile.returncode, hostile.stderr, hostile.stdout) == (0, "", usual.stdout)


@pytest.mark.parametrize("name", ["HF_HUB_DOWNLOAD_TIMEOUT", "HF_HUB_ETAG_TIMEOUT"])
@pytest.mark.parametrize("value", ["soon", "1.5"])
def test_timeout_that_is_no_number_is_one_line_and_exit_2(name: str, value: str) -> None:
    """Without this, every import of huggingface_hub would end with a traceback."""
    result = run_task("models", **{name: value})
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.stderr
    assert result.stderr.startswith(f"{name}={value} is not a number of seconds. `unset {name}`")


def test_empty_timeout_is_ignored() -> None:
    """As in a .env file in which nobody has filled it in."""
    program = "from interview_prep import paths; paths.validate_settings(); import huggingface_hub.constants"
    environment = {**os.environ, "HF_HUB_DOWNLOAD_TIMEOUT": "", "HF_HUB_ETAG_TIMEOUT": ""}
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=True)


OFFLINE = """
import importlib, os, runpy
from huggingface_hub import constants
for value in (None, "", "0", "1"):
    os.environ.pop("HF_HUB_OFFLINE", None)
    if value is not None:
        os.environ["HF_HUB_OFFLINE"] = value
    runpy.run_path("tasks.py")
    print(importlib.reload(constants).HF_HUB_OFFLINE)
"""


def test_tasks_are_offline_unless_a_person_says_otherwise() -> None:
    """HF_HUB_OFFLINE=0 is what somebody sets who wants to be online; one that is not set, or empty, is no wish."""
    run = subprocess.run([sys.executable, "-c", OFFLINE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "True", "False", "True"]


PAGE = """
import pty, sys
program = "import sys; from pathlib import Path; from interview_prep.console import Printer; "
program += "Printer().show_page('', Path(sys.argv[1]), paged=True)"
sys.exit(pty.spawn([sys.executable, "-c", program, sys.argv[1]]))
"""


@pytest.mark.skipif(not shutil.which("less"), reason="there is no `less` on PATH")
@pytest.mark.parametrize("own", ["-FX", "FX", "-iFX -R"])
def test_sheet_is_legible_with_a_person_s_own_less(tmp_path: Path, own: str) -> None:
    """Without -R, less prints the codes of bold and colors as ESC[1m."""
    sheet = tmp_path / "sheet.md"
    sheet.write_text("**bold**\n")
    run = subprocess.run(
        [sys.executable, "-c", PAGE, str(sheet)],
        cwd=ROOT, env={**os.environ, "LESS": own, "PAGER": "less"},
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    assert "bold" in run.stdout
    assert "ESC" not in run.stdout


class _Lab(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"version": "2"}' if self.path == "/api" else b"{}"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.mark.parametrize(("prefix", "code"), [("/", 0), ("/user/me/", 1)])
def test_health_check_asks_no_proxy(prefix: str, code: int) -> None:
    """Docker gives every container the proxies of a person's ~/.docker/config.json. No version is no health."""
    with HTTPServer(("127.0.0.1", 0), _Lab) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        script = (ROOT / "docker" / "healthcheck").read_text().replace("8888", str(server.server_port))
        without = {name: text for name, text in os.environ.items() if name.lower() != "no_proxy"}
        run = subprocess.run(
            [sys.executable, "-c", script],
            env={**without, **PROXIES, "JUPYTERHUB_SERVICE_PREFIX": prefix},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        server.shutdown()
    assert run.returncode == code, run.stderr
