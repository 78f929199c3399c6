"""docker/locks/*.txt: every package by version and hash, made from pyproject.toml with uv, and read back.

What the locks cover is Python 3.11 on Linux and, for the CPU, macOS. uv resolves for every later Python too;
lines that only those would install are dropped, and markers that hold everywhere with them.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from invoke.exceptions import Exit
from packaging.requirements import Requirement

from interview_prep.environment import ROOT, pip_settings
from interview_prep.screen import Screen

LOCKS = ROOT / "docker" / "locks"
ENTRY = re.compile(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", re.MULTILINE | re.DOTALL)  # one package and its hashes

PYTHON = {"python_version": "3.11", "python_full_version": "3.11.2", "os_name": "posix"}  # Debian 12's
LINUX = {**PYTHON, "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"}
MACOS = {**PYTHON, "sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"}


@dataclass(frozen=True)
class Lock:
    """How one file of docker/locks/ is made."""

    name: str
    purpose: str
    platforms: list[dict[str, str]]
    arguments: tuple[str, ...]


def all_locks() -> list[Lock]:
    """The locks in the order they are made: the later ones keep to the versions of cpu.txt."""
    group = ("--constraint", "docker/locks/cpu.txt", "--group")
    return [
        Lock("cpu.txt", "The environment on a machine without an NVIDIA GPU", [LINUX, MACOS], ("pyproject.toml",)),
        Lock("cuda.txt", "The environment with CUDA built in; Linux x86-64 only", [LINUX], ("pyproject.toml",)),
        Lock("installer.txt", "What installs the other files", [LINUX, MACOS], (*group, "installer")),
        Lock("tools.txt", "For the kit's developers; in no image", [LINUX, MACOS], (*group, "tools")),
    ]


def show(*, upgrade: bool) -> None:
    """Make the locks and name those that changed."""
    changed = write_locks(upgrade=upgrade)
    screen = Screen()
    for path in changed:
        screen.say(f"changed: {path.relative_to(ROOT)}")
    screen.say(
        "`git diff docker/locks` shows the difference." if changed else "The locks are what pyproject.toml asks for."
    )


def write_locks(*, upgrade: bool = False) -> list[Path]:
    """Make every lock again; pins that still fit are kept unless `upgrade`. Returns the files that changed."""
    changed = []
    for lock in all_locks():
        path = LOCKS / lock.name
        before = path.read_text() if path.exists() else ""
        text = header(lock) + tidy(resolve(lock, "" if upgrade else before), lock.platforms)
        if text != before:
            partial = path.with_suffix(".new")
            partial.write_text(text)
            partial.replace(path)
            changed.append(path)
    return changed


def header(lock: Lock) -> str:
    return f"# {lock.purpose}. Made by `invoke lock` from pyproject.toml; not to be edited.\n"


def resolve(lock: Lock, previous: str) -> str:
    """What `uv pip compile` says for one lock; raises Exit with uv's own last line when it cannot."""
    torch = torch_cpu()
    arguments, environment = pip_settings.for_uv(sys.executable, torch["version"])
    if lock.name == "cuda.txt":  # PyPI's own torch: no folder or index with +cpu wheels may stand before it
        environment = {**os.environ, "UV_FIND_LINKS": "", "UV_INDEX": ""}
    with tempfile.TemporaryDirectory() as folder:
        output, constraint = Path(folder, "lock.txt"), Path(folder, "torch.txt")
        output.write_text(previous)
        constraint.write_text(
            f"torch=={torch['version']} ; sys_platform == 'linux'\n" if lock.name == "cpu.txt" else ""
        )
        command = [
            *(str(Path(sys.executable).parent / "uv"), "pip", "compile", "--universal", "--python-version", "3.11"),
            *(
                "--generate-hashes",
                "--fork-strategy",
                "fewest",
                "--no-header",
                "--no-emit-index-url",
                "--no-emit-find-links",
                "--no-annotate",
            ),
            *("--quiet", "--constraint", str(constraint), "--output-file", str(output), *arguments, *lock.arguments),
        ]
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            cause = (run.stderr.strip().splitlines() or ["uv said nothing"])[-1].strip()
            raise Exit(f"No lock made for {lock.name}: {cause}. Check the network and pyproject.toml.", code=2)
        return output.read_text()


def tidy(text: str, platforms: list[dict[str, str]]) -> str:
    """The entries that one of `platforms` installs, with only the markers that tell them apart."""
    kept = []
    for entry in ENTRY.findall(text):
        requirement, _, hashes = entry.partition("\\\n")
        parsed = Requirement(requirement)
        systems = [
            platform["sys_platform"]
            for platform in platforms
            if parsed.marker is None or parsed.marker.evaluate(platform)
        ]
        if systems:
            marker = "" if len(systems) == len(platforms) else f' ; sys_platform == "{systems[0]}"'
            kept.append(f"{parsed.name}{parsed.specifier}{marker} \\\n{torch_hashes(parsed) or hashes}")
    return "".join(kept)


def torch_hashes(requirement: Requirement) -> str:
    """The hash lines of pyproject.toml for the CPU wheels of torch; empty for everything else."""
    torch, system = torch_cpu(), "linux" if "+cpu" in str(requirement.specifier) else "darwin"
    if requirement.name != "torch" or requirement.marker is None:
        return ""
    return " \\\n".join(f"    --hash=sha256:{digest}" for digest in torch[system]) + "\n"


def torch_cpu() -> dict[str, Any]:
    """[tool.prep.torch-cpu] of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["prep"]["torch-cpu"]
    return table


def locked_versions(name: str) -> dict[str, str]:
    """Package name to version for this machine, from one file of docker/locks/; raises Exit if it is unreadable."""
    try:
        text = (LOCKS / name).read_text()
    except OSError as error:
        raise Exit(
            f"Cannot read docker/locks/{name} ({error.strerror}). `git checkout docker/locks`.", code=2
        ) from None
    entries = [Requirement(entry.partition("\\\n")[0]) for entry in ENTRY.findall(text)]
    return {
        entry.name: next(iter(entry.specifier)).version
        for entry in entries
        if entry.marker is None or entry.marker.evaluate()
    }
