"""The project name and the port that Docker Compose gives this checkout.

Compose names a project after its folder. Two checkouts in folders of the same name are then one project, and `up` in
the second replaces the Lab of the first. A folder name without ASCII letters or digits gives no project at all. Such a
checkout gets a project name of its own here, in .env, where every later `docker compose` finds it. Left out: a first
plain `docker compose up`, which runs before any code of the kit can.
"""

import hashlib
import json
import os
import re
from typing import Any

from interview_prep.errors import KitError, one_line
from interview_prep.machine.docker import run_docker
from interview_prep.paths import ROOT

DOTENV = ROOT / ".env"
VARIABLE = "COMPOSE_PROJECT_NAME"
EMPTY_NAME_ERROR = "project name must not be empty"
PROJECT_LABEL, FOLDER_LABEL = "com.docker.compose.project", "com.docker.compose.project.working_dir"


class ComposeError(KitError):
    """Compose cannot read its configuration, or its project name belongs to another checkout."""


def claim_project() -> str:
    """Make sure that no other checkout has this Compose project; a sentence if the name had to change, else ""."""
    name = read_config().get("name", "")
    other = find_other_checkout(name) if name else ""
    if name and not other:
        return ""
    cause = f"{other} also runs as the Compose project {name}" if other else f"Compose can't use the name {ROOT.name}"
    own = f"{name or 'prep'}-{hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8]}"
    if is_named_by_person():
        raise ComposeError(f"{cause}. Set {VARIABLE} to another name, such as {own}.")
    try:
        lines = DOTENV.read_text().splitlines() if DOTENV.exists() else []
        DOTENV.write_text("\n".join([*lines, f"{VARIABLE}={own}", ""]))
    except OSError as error:
        raise ComposeError(f"{cause}, and {DOTENV}: {error.strerror}. `export {VARIABLE}={own}`.") from None
    return f"{cause}. This checkout is now called {own}: {VARIABLE} in .env."


def read_port() -> int:
    """The port of this machine on which Compose publishes Lab."""
    port: str = read_config()["services"]["lab"]["ports"][0]["published"]
    if not port.isdecimal():
        raise ComposeError(f"PREP_PORT={port} is not a port: 1 to 65535. Change it in .env.")
    return int(port)


def read_config() -> dict[str, Any]:
    """The configuration as Compose understands it; {} if the folder's name gives the project no name."""
    done = run_docker("compose", "config", "--format", "json")
    if done.returncode != 0 and EMPTY_NAME_ERROR in done.stderr:
        return {}
    if done.returncode != 0:
        raise ComposeError(f"docker compose: {one_line(done.stderr, last=True)} (docker-compose.yml, .env)")
    config: dict[str, Any] = json.loads(done.stdout)
    return config


def find_other_checkout(project: str) -> str:
    """The folder of another checkout with containers in this project, running or stopped; "" if there is none."""
    labeled = run_docker(
        "ps", "--all", "--filter", f"label={PROJECT_LABEL}={project}", "--format", f'{{{{.Label "{FOLDER_LABEL}"}}}}'
    )
    return next(filter(is_elsewhere, labeled.stdout.splitlines()), "")


def is_elsewhere(folder: str) -> bool:
    """Whether the folder is another checkout. One that was moved or removed leaves containers that nobody needs."""
    try:
        return not ROOT.samefile(folder)
    except FileNotFoundError:
        return False
    except OSError:  # another person's folder, which cannot be read here
        return True


def is_named_by_person() -> bool:
    """Whether the person chose the project's name, in the environment or in .env."""
    in_dotenv = DOTENV.exists() and re.search(rf"^\s*{VARIABLE}\s*=", DOTENV.read_text(), re.MULTILINE)
    return bool(os.environ.get(VARIABLE) or in_dotenv)
