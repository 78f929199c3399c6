"""docker/locks/*.txt: every package by version and hash, made from pyproject.toml with uv, and read back.

A lock is made from the default index alone and never from the hashes of the lock before it, so that what one machine
happens to see cannot narrow it. uv resolves for every system and every later Python; packages and wheels that no
promised platform installs are dropped. Left out: which platforms those are (wheels.py).
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from invoke.exceptions import Exit
from packaging.markers import Marker
from packaging.requirements import Requirement

from interview_prep.bootstrap import pip_settings
from interview_prep.console import Printer
from interview_prep.locks.torch_wheels import torch_builds, torch_requirements
from interview_prep.locks.wheels import EVERYWHERE, LINUX_X86_64, Package, Platform, WheelMissingError, lock_entry
from interview_prep.paths import ROOT

LOCKS = ROOT / "docker" / "locks"
ENTRY = re.compile(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", re.MULTILINE | re.DOTALL)  # one package and its hashes

# pip's options and uv's variables that name more than the default index, or less: one machine's view.
NARROWING = {"extra-index-url", "find-links", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_NO_INDEX"}


@dataclass(frozen=True)
class Lock:
    """How one file of docker/locks/ is made."""

    name: str
    purpose: str
    platforms: tuple[Platform, ...]
    arguments: tuple[str, ...]


def all_locks() -> list[Lock]:
    """The locks in the order they are made: the later ones keep to the versions of cpu.txt."""
    return [
        Lock("cpu.txt", "The environment on a machine without an NVIDIA GPU", EVERYWHERE, ("pyproject.toml",)),
        Lock("cuda.txt", "The environment with CUDA built in; Linux x86-64 only", (LINUX_X86_64,), ("pyproject.toml",)),
        Lock("installer.txt", "What installs the other files", EVERYWHERE, ("--group", "installer")),
        Lock("tools.txt", "For the kit's developers; in no image", EVERYWHERE, ("--group", "tools")),
    ]


def update_locks(*, upgrade: bool, extra_indexes: bool) -> None:
    """Make the locks and name those that changed."""
    changed = write_locks(upgrade=upgrade, environment=uv_environment(extra_indexes=extra_indexes))
    screen = Printer()
    for path in changed:
        screen.print_line(f"changed: {path.relative_to(ROOT)}")
    screen.print_line(
        "`git diff docker/locks` shows the difference." if changed else "The locks are what pyproject.toml asks for."
    )


def write_locks(*, upgrade: bool, environment: Mapping[str, str]) -> list[Path]:
    """Make every lock again; pins that still fit are kept unless `upgrade`. Returns the files that changed."""
    changed = []
    for lock in all_locks():
        path = LOCKS / lock.name
        before = path.read_text() if path.exists() else ""
        text = lock_header(lock) + format_entries(
            lock, resolve_lock(lock, [] if upgrade else parse_requirements(before), environment)
        )
        if text != before:
            partial = path.with_suffix(".new")
            partial.write_text(text)
            partial.replace(path)
            changed.append(path)
    return changed


def lock_header(lock: Lock) -> str:
    return (
        f"# {lock.purpose}. Made by `invoke lock` from pyproject.toml; not to be edited.\n"
        "# Each package has the hashes of its wheels, then their names in the same order.\n"
    )


def uv_environment(*, extra_indexes: bool) -> dict[str, str]:
    """Return os.environ and pip's settings as uv reads them, but only those by which the default index is reached.

    With `extra_indexes` all of them count, and a lock may hold what only this machine sees.
    """
    try:
        options = pip_settings.read_settings()
    except pip_settings.SettingsError as error:
        raise Exit(f"No lock made: {error}", code=2) from None
    if extra_indexes:
        return pip_settings.uv_environment(options)
    variables = pip_settings.uv_environment({name: value for name, value in options.items() if name not in NARROWING})
    return {name: value for name, value in variables.items() if name not in NARROWING}


def resolve_lock(lock: Lock, previous: Iterable[Requirement], environment: Mapping[str, str]) -> list[Package]:
    """What `uv pip compile` says for one lock; raises Exit with uv's own last line when it cannot."""
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        raise Exit("There is no uv beside this Python. Outside a container, `./prep lock` has one.", code=2)
    with tempfile.TemporaryDirectory() as folder:
        output, settings, constraints = (Path(folder, name) for name in ("pylock.toml", "uv.toml", "cpu.txt"))
        output.write_text(format_preferences(previous))
        settings.write_text("" if lock.name == "cuda.txt" else torch_requirements())
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
            cause = (run.stderr.strip().splitlines() or ["uv said nothing"])[-1].strip()
            raise Exit(f"No lock made for {lock.name}: {cause}. Check the network and pyproject.toml.", code=2)
        return parse_packages(output.read_text())


def format_preferences(previous: Iterable[Requirement]) -> str:
    """The versions that uv keeps where they fit, as a pylock.toml without the hashes, which it would keep as well."""
    pins = [f'[[packages]]\nname = "{each.name}"\nversion = "{pinned_version(each)}"\n' for each in previous]
    return "".join(['lock-version = "1.0"\ncreated-by = "invoke lock"\n', *(pins or ["packages = []\n"])])


def read_cpu_versions() -> str:
    """The versions of cpu.txt, as constraints; torch is another build in every lock."""
    locked = parse_requirements((LOCKS / "cpu.txt").read_text())
    return "".join(f"{each}\n" for each in locked if each.name != "torch")


def parse_packages(pylock: str) -> list[Package]:
    """The packages of a pylock.toml; of their files the wheels."""
    return [
        Package(
            each["name"],
            each["version"],
            Marker(each["marker"]) if "marker" in each else None,
            {file_name(wheel): wheel["hashes"]["sha256"] for wheel in each.get("wheels", [])},
        )
        for each in tomllib.loads(pylock)["packages"]
    ]


def file_name(wheel: Mapping[str, str]) -> str:
    return unquote((wheel.get("url") or wheel["path"]).rpartition("/")[2])


def format_entries(lock: Lock, resolved: Iterable[Package]) -> str:
    """The text of a lock below its header; raises Exit where a package cannot be installed everywhere."""
    builds = {"torch": torch_builds()} if lock.name == "cpu.txt" else {}
    wanted = [build for each in resolved for build in builds.get(each.name, [each])]
    try:
        return "".join(lock_entry(each, lock.platforms) for each in wanted)
    except WheelMissingError as error:
        raise Exit(
            f"No lock made for {lock.name}: {error}. Pin another version in pyproject.toml, or ask another index.",
            code=2,
        ) from None


def parse_requirements(text: str) -> list[Requirement]:
    """The packages of a lock, without their hashes."""
    return [Requirement(entry.partition("\\\n")[0]) for entry in ENTRY.findall(text)]


def pinned_version(requirement: Requirement) -> str:
    """The version to which a locked package is pinned."""
    return next(iter(requirement.specifier)).version


def read_locked_versions(name: str) -> dict[str, str]:
    """Package name to version for this machine, from one file of docker/locks/; raises Exit if it is unreadable."""
    try:
        text = (LOCKS / name).read_text()
    except OSError as error:
        raise Exit(
            f"Cannot read docker/locks/{name} ({error.strerror}). `git checkout docker/locks`.", code=2
        ) from None
    locked = parse_requirements(text)
    return {each.name: pinned_version(each) for each in locked if each.marker is None or each.marker.evaluate()}
