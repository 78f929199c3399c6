"""Let uv choose the versions of one lock and list the wheels of each package.

Only the default index counts, and the previous lock's hashes never do, so that what one machine happens to see cannot
narrow the lock. uv resolves for every system and every later Python. Left out: dropping what no promised platform
installs (lock_text.py).
"""

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote

from packaging.markers import Marker
from packaging.requirements import Requirement

from interview_prep.bootstrap import pip_settings
from interview_prep.errors import one_line
from interview_prep.locks import read_locks
from interview_prep.locks.lock_text import Lock
from interview_prep.locks.read_locks import LockError, find_pinned_version, parse_requirements
from interview_prep.locks.torch_wheels import format_torch_metadata
from interview_prep.locks.wheels import Package
from interview_prep.paths import ROOT

# pip's options and uv's variables that add to the default index or take away from it: what one machine sees.
NARROWING = {"extra-index-url", "find-links", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_NO_INDEX"}


def read_uv_environment(*, extra_indexes: bool) -> dict[str, str]:
    """The environment for uv: os.environ and pip's settings, but only what says how to reach the default index.

    With `extra_indexes` all settings count, and the lock may name packages that only this machine can reach.
    """
    try:
        options = pip_settings.read_settings()
    except pip_settings.SettingsError as error:
        raise LockError(f"No lock was made: {error}") from None
    if extra_indexes:
        return pip_settings.make_uv_environment(options)
    variables = pip_settings.make_uv_environment(
        {name: value for name, value in options.items() if name not in NARROWING}
    )
    return {name: value for name, value in variables.items() if name not in NARROWING}


def resolve_lock(lock: Lock, previous: Iterable[Requirement], environment: Mapping[str, str]) -> list[Package]:
    """The packages that one lock needs; `previous` versions are kept where they still fit.

    Raises LockError, with uv's own last line, if uv cannot resolve them.
    """
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        raise LockError("There is no uv next to this Python. Run `./prep lock`, outside a container.")
    with tempfile.TemporaryDirectory() as folder:
        output, settings, constraints = (Path(folder, name) for name in ("pylock.toml", "uv.toml", "cpu.txt"))
        output.write_text(format_preferences(previous))
        settings.write_text("" if lock.name == "cuda.txt" else format_torch_metadata())
        constraints.write_text("" if lock.name == "cpu.txt" else read_cpu_versions())
        command = [
            *(str(uv), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
            *("--fork-strategy", "fewest", "--constraint", str(constraints)),
            *("--generate-hashes", "--format", "pylock.toml", "--output-file", str(output)),
            *("--config-file", str(settings)),  # and no other: not the user's, not one of a folder above
            *lock.arguments,
        ]
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            cause = one_line(run.stderr, last=True) or "uv said nothing"
            raise LockError(f"No lock was made for {lock.name}: {cause}. Check the network and pyproject.toml.")
        return parse_packages(output.read_text())


def format_preferences(previous: Iterable[Requirement]) -> str:
    """The previous versions as a pylock.toml, so that uv keeps those that fit. No hashes: uv would keep them too."""
    pins = [f'[[packages]]\nname = "{each.name}"\nversion = "{find_pinned_version(each)}"\n' for each in previous]
    return "".join(['lock-version = "1.0"\ncreated-by = "invoke lock"\n', *(pins or ["packages = []\n"])])


def read_cpu_versions() -> str:
    """The versions of cpu.txt as constraints for the other locks; not torch, whose build differs."""
    locked = parse_requirements((read_locks.LOCKS / "cpu.txt").read_text())
    return "".join(f"{each}\n" for each in locked if each.name != "torch")


def parse_packages(pylock: str) -> list[Package]:
    """The packages of a pylock.toml with their wheels; source archives are left out."""
    return [
        Package(
            each["name"],
            each["version"],
            Marker(each["marker"]) if "marker" in each else None,
            {wheel_name(wheel): wheel["hashes"]["sha256"] for wheel in each.get("wheels", [])},
        )
        for each in tomllib.loads(pylock)["packages"]
    ]


def wheel_name(wheel: Mapping[str, str]) -> str:
    """The file name of a wheel in a pylock.toml, which gives a URL or a path."""
    return unquote((wheel.get("url") or wheel["path"]).rpartition("/")[2])
