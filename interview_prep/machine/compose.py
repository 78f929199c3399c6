"""What Docker Compose makes of this checkout: its project and its port, as the files and the environment say.

Compose names a project after its folder. Two checkouts in folders of one name are then one project, and `up` in the
second replaces the Lab of the first; a name without ASCII letters or digits gives no project at all. Here such a
checkout gets a project name of its own, in .env, where every later `docker compose` finds it. Left out: a first plain
`docker compose up`, before which nothing of the kit runs.
"""

import hashlib
import json
import os
import re
import subprocess
from typing import Any

from interview_prep.errors import KitError
from interview_prep.paths import ROOT

DOTENV = ROOT / ".env"
VARIABLE = "COMPOSE_PROJECT_NAME"
NO_NAME = "project name must not be empty"
PROJECT, FOLDER = "com.docker.compose.project", "com.docker.compose.project.working_dir"


class ComposeError(KitError):
    """Compose cannot read what it is given, or the project it names is another checkout's."""


def run_docker(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["docker", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def claim_project() -> str:
    """Make sure that this checkout's Compose project is its own. Returns a sentence where its name had to change."""
    name = read_config().get("name", "")
    other = find_other_checkout(name) if name else ""
    if name and not other:
        return ""
    cause = f"{other} runs as the Compose project {name}, too" if other else f"{ROOT.name} is no name for Compose"
    own = f"{name or 'prep'}-{hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8]}"
    if is_chosen():
        raise ComposeError(f"{cause}. Set {VARIABLE} to another name, such as {own}.")
    try:
        lines = DOTENV.read_text().splitlines() if DOTENV.exists() else []
        DOTENV.write_text("\n".join([*lines, f"{VARIABLE}={own}", ""]))
    except OSError as error:
        raise ComposeError(f"{cause}, and {DOTENV}: {error.strerror}. `export {VARIABLE}={own}`.") from None
    return f"{cause}. This checkout is {own} from now on: {VARIABLE} in .env."


def read_port() -> int:
    """The port of this machine on which Compose publishes Lab."""
    port: str = read_config()["services"]["lab"]["ports"][0]["published"]
    if not port.isdecimal():
        raise ComposeError(f"PREP_PORT={port} is not a port: 1 to 65535. Change it in .env.")
    return int(port)


def read_config() -> dict[str, Any]:
    """The configuration as Compose understands it; {} where the folder gives the project no name."""
    done = run_docker("compose", "config", "--format", "json")
    if done.returncode != 0 and NO_NAME in done.stderr:
        return {}
    if done.returncode != 0:
        raise ComposeError(f"docker compose: {done.stderr.strip().splitlines()[-1]} (docker-compose.yml, .env)")
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def find_other_checkout(project: str) -> str:
    """The folder of another checkout that has containers in this project, running or not; "" where there is none."""
    labelled = run_docker(
        "ps", "--all", "--filter", f"label={PROJECT}={project}", "--format", f'{{{{.Label "{FOLDER}"}}}}'
    )
    return next(filter(is_elsewhere, labelled.stdout.splitlines()), "")


def is_elsewhere(folder: str) -> bool:
    """Whether another checkout is there. One that was moved or removed leaves containers that nobody needs."""
    try:
        return not ROOT.samefile(folder)
    except FileNotFoundError:
        return False
    except OSError:  # another person's, closed to others
        return True


def is_chosen() -> bool:
    """Whether the person has named the project, in the environment or in .env."""
    in_dotenv = DOTENV.exists() and re.search(rf"^\s*{VARIABLE}\s*=", DOTENV.read_text(), re.MULTILINE)
    return bool(os.environ.get(VARIABLE) or in_dotenv)
