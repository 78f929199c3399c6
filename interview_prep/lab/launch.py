"""How JupyterLab starts on this checkout: its port, its token, its command and its environment.

Left out: what `invoke lab` prints; commands.py does that.
"""

import http.client
import os
import secrets
import socket
import sys
import tempfile
from pathlib import Path
from typing import Literal, NoReturn
from urllib.parse import quote

from interview_prep.errors import KitError
from interview_prep.paths import DEFAULT_PORT, MAX_PORT, ROOT, in_kit_image

STATE = ROOT / "work" / ".lab"  # in the checkout, so that it outlives the container
SETTINGS = Path(__file__).with_name("jupyter")
CHECKOUT_HEADER = "X-Prep-Checkout"  # every answer of Lab names the checkout it serves; the name isn't a secret
RESPONSE_TIMEOUT = 2  # seconds
OFFLINE = (
    "--LabApp.extension_manager=readonly",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
)
Listener = Literal["nobody", "this checkout's Lab", "another Lab of the kit", "something else"]


class LabError(KitError):
    """Lab cannot start with the settings it was given."""


def is_port_in_use(number: int) -> bool:
    """Whether something listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", number)) == 0


def send_get(number: int, path: str) -> http.client.HTTPResponse:
    """Send a GET request to a port of 127.0.0.1 and read the whole response; raises OSError or HTTPException.

    It uses http.client, which ignores proxies: a request to 127.0.0.1 must never go through one.
    """
    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=RESPONSE_TIMEOUT)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    return response


def find_listener(number: int) -> Listener:
    """Who listens on a port of 127.0.0.1. The request that finds out carries no token."""
    if not is_port_in_use(number):
        return "nobody"
    try:
        name = send_get(number, "/api").getheader(CHECKOUT_HEADER)
    except (OSError, http.client.HTTPException):
        name = None
    if not name:
        return "something else"
    return "this checkout's Lab" if name == load_or_make_secret("checkout") else "another Lab of the kit"


def listening_port(number: int) -> int:
    """The port that Lab itself opens to be reached on `number`: in the image always 8888, which Compose publishes."""
    return DEFAULT_PORT if in_kit_image() else number


def next_port(number: int) -> int:
    """Another port to suggest when this one is taken."""
    return number + 1 if number < MAX_PORT else DEFAULT_PORT


def lab_url(number: int, token: str) -> str:
    return f"http://127.0.0.1:{number}/lab?token={quote(token, safe='')}"


def read_token() -> str:
    """JUPYTER_TOKEN, or a token made on first use and kept, so that an open browser tab survives a restart.

    Raises LabError if JUPYTER_TOKEN cannot be part of a URL. Blanks around it are dropped, as Jupyter drops them.
    """
    chosen = os.environ.get("JUPYTER_TOKEN", "").strip()
    if not chosen.isprintable():
        raise LabError("JUPYTER_TOKEN has a character that cannot be printed. Set another, or unset it.")
    return chosen or load_or_make_secret("token")


def load_or_make_secret(name: str) -> str:
    """A random word, made on first use and kept in work/.lab/. The file is complete or absent, even on a full disk."""
    path = STATE / name
    try:
        STATE.mkdir(parents=True, exist_ok=True)
        if not (path.exists() and path.read_text().strip()):
            with tempfile.NamedTemporaryFile("w", dir=STATE) as file:  # only its owner can read it
                file.write(secrets.token_hex(24))
                file.flush()
                path.unlink(missing_ok=True)
                path.hardlink_to(file.name)
        return path.read_text().strip()
    except OSError:  # a read-only checkout: the word lasts for this start only
        return secrets.token_hex(24)


def lab_environment(token: str) -> dict[str, str]:
    """The person's environment without their settings for other Jupyters, plus Lab's own.

    Their settings could ask for a password, HTTPS or another address, and their kernels could be another Python's.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    own_folder = STATE if os.access(STATE, os.W_OK) else tempfile.mkdtemp(prefix="prep-lab-")
    return {
        **environment,
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_PATH": str(SETTINGS),
        "JUPYTER_CONFIG_DIR": f"{own_folder}/jupyter",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PREP_CHECKOUT": load_or_make_secret("checkout"),
    }


def build_command(listen: int) -> list[str]:
    """The command that starts Lab. In the image it listens on every interface, and Compose publishes one of them."""
    state = [
        f"--ServerApp.cookie_secret_file={STATE / 'cookie_secret'}",
        f"--LabApp.user_settings_dir={STATE / 'settings'}",
        f"--LabApp.workspaces_dir={STATE / 'workspaces'}",
    ]
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.root_dir={ROOT}"),
        *(f"--ServerApp.ip={'0.0.0.0' if in_kit_image() else '127.0.0.1'}", f"--ServerApp.port={listen}"),  # noqa: S104 - see above
        *("--ServerApp.port_retries=0", "--ServerApp.log_level=WARN", "--Application.log_level=WARN"),
        *OFFLINE,
        *(state if os.access(STATE, os.W_OK) else []),
    ]


def become_server(listen: int, token: str) -> NoReturn:
    """Replace this process with Lab."""
    command = build_command(listen)
    os.chdir(ROOT)
    os.execve(command[0], command, lab_environment(token))
