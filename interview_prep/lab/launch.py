"""JupyterLab on this checkout: one URL to click, no question asked of any network, nothing lost by a restart."""

import http.client
import os
import secrets
import socket
import sys
import tempfile
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from invoke.exceptions import Exit

from interview_prep.console import Printer
from interview_prep.paths import DEFAULT_PORT, MAX_PORT, ROOT
from interview_prep.weights import absent

STATE = ROOT / "work" / ".lab"  # in the checkout, so that it outlives the container
SETTINGS = Path(__file__).with_name("jupyter")
CHECKOUT_HEADER = "X-Prep-Checkout"  # Lab's answers carry the name of its checkout, which is no secret
OFFLINE = (
    "--LabApp.extension_manager=readonly",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
)


def is_port_in_use(number: int) -> bool:
    """Whether something listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", number)) == 0


def send_get(number: int, path: str) -> http.client.HTTPResponse:
    """The answer, read to its end, of whatever listens on a port of 127.0.0.1; raises OSError or HTTPException.

    http.client knows no proxies, and a request to 127.0.0.1 must never go through one.
    """
    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=2)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    return answer


def find_listener(number: int) -> Literal["nobody", "this checkout's Lab", "another Lab of the kit", "something else"]:
    """What is found on a port of 127.0.0.1. It is told no secret."""
    if not is_port_in_use(number):
        return "nobody"
    try:
        name = send_get(number, "/api").getheader(CHECKOUT_HEADER)
    except (OSError, http.client.HTTPException):
        name = None
    if not name:
        return "something else"
    return "this checkout's Lab" if name == load_or_make_secret("checkout") else "another Lab of the kit"


def in_container() -> bool:
    return os.environ.get("PREP_CONTAINER") == "1"


def listening_port(number: int) -> int:
    """Where Lab itself listens when it is reached on `number`: Compose publishes the container's 8888 there."""
    return DEFAULT_PORT if in_container() else number


def next_port(number: int) -> int:
    """Another one to propose."""
    return number + 1 if number < MAX_PORT else DEFAULT_PORT


def lab_url(number: int, token: str) -> str:
    return f"http://127.0.0.1:{number}/lab?token={quote(token, safe='')}"


def read_token() -> str:
    """JUPYTER_TOKEN, or one made on first use and kept, so that an open browser tab survives a restart.

    Raises Exit where JUPYTER_TOKEN cannot stand in a URL. Blanks around it are dropped, as Jupyter drops them.
    """
    given = os.environ.get("JUPYTER_TOKEN", "").strip()
    if not given.isprintable():
        raise Exit("JUPYTER_TOKEN has a character that cannot be printed. Set another, or unset it.", code=2)
    return given or load_or_make_secret("token")


def load_or_make_secret(name: str) -> str:
    """A random word, made on first use and kept in work/.lab/; whole or not there, even where the disk is full."""
    kept = STATE / name
    try:
        STATE.mkdir(parents=True, exist_ok=True)
        if not (kept.exists() and kept.read_text().strip()):
            with tempfile.NamedTemporaryFile("w", dir=STATE) as file:  # only its owner can read it
                file.write(secrets.token_hex(24))
                file.flush()
                kept.unlink(missing_ok=True)
                kept.hardlink_to(file.name)
        return kept.read_text().strip()
    except OSError:  # a read-only checkout: a word for this start alone
        return secrets.token_hex(24)


def lab_environment(token: str) -> dict[str, str]:
    """Lab's surroundings: the person's, but for what they have set for other Jupyters.

    Their configuration could ask for a password, HTTPS or another address, their kernels could be another Python's.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    own_folder = STATE if os.access(STATE, os.W_OK) else tempfile.mkdtemp(prefix="prep-lab-")
    return {
        **kept,
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_PATH": str(SETTINGS),
        "JUPYTER_CONFIG_DIR": f"{own_folder}/jupyter",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PREP_CHECKOUT": load_or_make_secret("checkout"),
    }


def build_command(listen: int) -> list[str]:
    """The arguments of Jupyter's server; in a container it listens on every interface, and compose publishes one."""
    state = [
        f"--ServerApp.cookie_secret_file={STATE / 'cookie_secret'}",
        f"--LabApp.user_settings_dir={STATE / 'settings'}",
        f"--LabApp.workspaces_dir={STATE / 'workspaces'}",
    ]
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.root_dir={ROOT}"),
        *(f"--ServerApp.ip={'0.0.0.0' if in_container() else '127.0.0.1'}", f"--ServerApp.port={listen}"),  # noqa: S104 - see above
        *("--ServerApp.port_retries=0", "--ServerApp.log_level=WARN", "--Application.log_level=WARN"),
        *OFFLINE,
        *(state if os.access(STATE, os.W_OK) else []),
    ]


def start_lab(number: int) -> None:
    """Print the URL and become Lab. Raises Exit when the port is taken."""
    listen, token = listening_port(number), read_token()
    found = find_listener(listen)
    if found == "this checkout's Lab":
        raise Exit(f"This checkout's Lab already runs: {lab_url(number, token)}", code=2)
    if found != "nobody":
        raise Exit(f"Port {listen} is in use by {found}. `invoke lab --port {next_port(listen)}`.", code=2)
    screen = Printer()
    if note := absent.read_note():
        screen.print_line(note)
    screen.print_line(f"JupyterLab: {lab_url(number, token)}")
    screen.flush()
    os.chdir(ROOT)
    arguments = build_command(listen)
    os.execve(arguments[0], arguments, lab_environment(token))
