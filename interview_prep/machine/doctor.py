"""Is this machine ready for interview day? Checks of what is installed and free; nothing is changed or loaded."""

import importlib.machinery
import importlib.metadata
import os
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from invoke.exceptions import Exit

from interview_prep import paths
from interview_prep.console import Printer
from interview_prep.lab import launch
from interview_prep.locks import read_locks
from interview_prep.machine import view
from interview_prep.machine.resources import count_processors, count_usable_processors, free_memory
from interview_prep.paths import ROOT

FREE_DISK = 10**9  # bytes: notebooks, figures, a checkpoint or two
FREE_MEMORY = 2 * 10**9  # bytes: Lab, a kernel with torch and a small model


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was found, and the fix where it is not well."""

    name: str
    ok: bool
    evidence: str
    fix: str


def run_doctor(*, json: bool) -> None:
    """Print the checks; raises Exit(1) where one is not well."""
    screen, checks = Printer(json=json), run_checks()
    ready = all(check.ok for check in checks)
    title = "This machine is ready." if ready else "This machine is not ready."
    screen.print_view(view.render_findings(title, checks))
    screen.print_json({"version": 2, "ready": ready, "checks": checks})
    if not ready:
        raise Exit(code=1)


def run_checks() -> list[Finding]:
    """Every check, in the order in which a person would fix them."""
    return [
        check_python(),
        check_packages(),
        check_weights(),
        check_offline(),
        check_work_folder(),
        check_memory(),
        check_threads(),
        check_port(),
    ]


def check_python() -> Finding:
    version = sys.version.split()[0]
    return Finding("python", sys.version_info[:2] == (3, 11), version, "Run this through `./prep doctor`.")


def check_packages() -> Finding:
    """Are the installed versions those of the lock (the CUDA one where torch is the CUDA build)?"""
    foreign = find_shadowing()
    if foreign:
        fix = "`unset PYTHONPATH`, or run this through `./prep doctor`, which leaves it out."
        return Finding("packages", ok=False, evidence=f"PYTHONPATH puts {foreign[0]} before the kit's own", fix=fix)
    name = "cpu.txt" if installed_version("torch").endswith("+cpu") or sys.platform == "darwin" else "cuda.txt"
    locked = read_locks.read_locked_versions(name)
    wrong = [
        f"{package} {installed_version(package) or 'missing'}, locked {version}"
        for package, version in locked.items()
        if installed_version(package) != version
    ]
    evidence = f"{len(locked)} as in docker/locks/{name}" if not wrong else "; ".join(wrong[:5])
    return Finding("packages", not wrong, evidence, "Remove .venv and run `./prep doctor`, or build the image again.")


def installed_version(package: str) -> str:
    """The installed version, or "" where it is missing."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def find_shadowing() -> list[Path]:
    """What PYTHONPATH holds in place of an installed package or a module of the standard library."""
    ours = Path(sysconfig.get_path("purelib"))
    folders = [Path(text) for text in os.environ.get("PYTHONPATH", "").split(os.pathsep) if text]
    entries = [entry for folder in folders if folder.is_dir() for entry in folder.iterdir() if entry.parent != ours]
    suffixes = tuple(importlib.machinery.all_suffixes())
    modules = {
        entry: entry.name.partition(".")[0]
        for entry in entries
        if entry.name.endswith(suffixes) or (entry / "__init__.py").exists()
    }
    return [
        entry
        for entry, name in modules.items()
        if name in sys.stdlib_module_names or (ours / name).exists() or (ours / f"{name}.py").exists()
    ]


def check_weights() -> Finding:
    """Is every byte of the weights as locked? None at all is well too: the small models serve then."""
    from interview_prep.weights import absent, cache
    from interview_prep.weights.models_lock import LockError, load_models

    try:
        here = [model for model in load_models() if cache.snapshot_folder(model).exists()]
    except LockError as error:
        return Finding("models", ok=False, evidence=f"docker/locks/models.lock: {error}", fix="Fix the lock.")
    problems = cache.verify_models(here)
    named = ", ".join(model.name for model in here)
    without = absent.read_note() or "no pretrained weights; small models serve in their place"
    evidence = f"as locked: {named}" if here else without
    wrong = f"{problems[0]}{f', and {len(problems) - 1} more' if problems[1:] else ''}" if problems else ""
    fix = absent.say_how_to_bring("full" if any(model.set == "full" for model in here) else "core")
    return Finding("models", not problems, wrong or evidence, fix)


def check_offline() -> Finding:
    """Will huggingface_hub, which takes TRANSFORMERS_OFFLINE too, do without a network?"""
    from huggingface_hub.constants import ENV_VARS_TRUE_VALUES

    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    name = next((name for name in names if os.environ.get(name)), names[0])
    value = os.environ.get(name, "")
    fix = f"`export {name}=1`, so that no example waits for a network."
    return Finding("offline", value.upper() in ENV_VARS_TRUE_VALUES, f"{name}={value}", fix)


def check_work_folder() -> Finding:
    """Can answers be written, and is there room for them?"""
    work = paths.read_work()
    place = work if work.exists() else ROOT
    free = shutil.disk_usage(place).free
    if not os.access(place, os.W_OK):
        return Finding("work/", ok=False, evidence="cannot be written", fix=f"Mount a folder that you own on {work}.")
    return Finding("work/", free >= FREE_DISK, f"{free / 1e9:.1f} GB free", f"Free {FREE_DISK / 1e9:.0f} GB of disk.")


def check_memory() -> Finding:
    """Free memory, and what a container's limit leaves of it."""
    free = free_memory()
    fix = "Close something, or give Docker more memory in its settings."
    return Finding("memory", free >= FREE_MEMORY, f"{free / 1e9:.1f} GB free", fix)


def check_threads() -> Finding:
    """Will torch start as many threads as there are processors to run them?"""
    wanted = paths.read_threads() or count_usable_processors()
    evidence = f"{wanted} for {count_processors()} processors"
    return Finding("threads", wanted <= count_processors(), evidence, f"`export OMP_NUM_THREADS={count_processors()}`.")


def check_port() -> Finding:
    """Is Lab's port free, or is it this checkout's Lab that has it?"""
    number = paths.read_port()
    listen = launch.listening_port(number)
    found = launch.find_listener(listen)
    if found == "nobody" and launch.in_container():  # which does not see the ports of the machine around it
        return Finding("port", ok=True, evidence=f"nothing listens on {listen} in this container", fix="")
    if found == "nobody":
        return Finding("port", ok=True, evidence=f"{number} is free", fix="")
    own = found == "this checkout's Lab"
    evidence = f"{found} answers on {number}" if own else f"{listen} is in use by {found}"
    other = launch.next_port(number)
    return Finding("port", own, evidence, f"`PREP_PORT={other} docker compose up`, or `invoke lab --port {other}`.")
