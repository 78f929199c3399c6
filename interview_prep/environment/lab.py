"""JupyterLab on this checkout: one URL to click, no question asked of any network, nothing lost by a restart."""

import os
import secrets
import socket
import sys

from invoke.exceptions import Exit

from interview_prep.environment import ROOT
from interview_prep.screen import Screen

STATE = ROOT / "work" / ".lab"  # in the checkout, so that it outlives the container
OFFLINE = (
    "--LabApp.extension_manager=readonly",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
)


def in_use(number: int) -> bool:
    """Whether something listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", number)) == 0


def in_container() -> bool:
    return os.environ.get("PREP_CONTAINER") == "1"


def url(number: int, token: str) -> str:
    return f"http://127.0.0.1:{number}/lab?token={token}"


def keep_token() -> str:
    """JUPYTER_TOKEN, or one made on first use and kept, so that an open browser tab survives a restart."""
    given = os.environ.get("JUPYTER_TOKEN")
    if given:
        return given
    kept = STATE / "token"
    try:
        STATE.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            made = os.open(kept, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
            with os.fdopen(made, "w") as file:
                file.write(secrets.token_hex(24))
        return kept.read_text().strip()
    except OSError:  # a read-only checkout: a token for this start alone
        return secrets.token_hex(24)


def command(listen: int) -> list[str]:
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


def start(number: int) -> None:
    """Print the URL and become Lab. Raises Exit when the port is taken."""
    listen = 8888 if in_container() else number
    if in_use(listen):
        raise Exit(f"Port {listen} is in use. `invoke lab --port {listen + 1}`.", code=2)
    os.environ["JUPYTER_TOKEN"] = keep_token()
    screen = Screen()
    screen.say(f"JupyterLab: {url(number, os.environ['JUPYTER_TOKEN'])}")
    screen.flush()
    os.chdir(ROOT)
    arguments = command(listen)
    os.execv(arguments[0], arguments)
