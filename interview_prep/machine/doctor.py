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
from interview_prep.console import Screen
from interview_prep.lab import launch
from interview_prep.locks import package_locks
from interview_prep.machine.resources import free_memory, processors, usable_processors
from interview_prep.paths import ROOT

FREE_DISK = 10**9  # bytes: notebooks, figures, a checkpoint or two
FREE_MEMORY = 2 * 10**9  # bytes: Lab, a kernel with torch and a small model


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: what was found, and the mend where it is not well."""

    name: str
    ok: bool
    evidence: str
    mend: str


def show(*, json: bool) -> None:
    """Print the checks; raises Exit(1) where one is not well."""
    screen, checks = Screen(json=json), examine()
    ready = all(check.ok for check in checks)
    screen.checks("This machine is ready." if ready else "This machine is not ready.", checks)
    screen.document({"version": 1, "ready": ready, "checks": checks})
    if not ready:
        raise Exit(code=1)


def examine() -> list[Check]:
    """Every check, in the order in which a person would mend them."""
    return [python(), packages(), models(), offline(), work_folder(), memory(), threads(), port()]


def python() -> Check:
    version = sys.version.split()[0]
    return Check("python", sys.version_info[:2] == (3, 11), version, "Run this through `./prep doctor`.")


def packages() -> Check:
    """Are the installed versions those of the lock (the CUDA one where torch is the CUDA build)?"""
    foreign = shadowing()
    if foreign:
        mend = "`unset PYTHONPATH`, or run this through `./prep doctor`, which leaves it out."
        return Check("packages", ok=False, evidence=f"PYTHONPATH puts {foreign[0]} before the kit's own", mend=mend)
    name = "cpu.txt" if installed("torch").endswith("+cpu") or sys.platform == "darwin" else "cuda.txt"
    locked = package_locks.locked_versions(name)
    wrong = [
        f"{package} {installed(package) or 'missing'}, locked {version}"
        for package, version in locked.items()
        if installed(package) != version
    ]
    evidence = f"{len(locked)} as in docker/locks/{name}" if not wrong else "; ".join(wrong[:5])
    return Check("packages", not wrong, evidence, "Remove .venv and run `./prep doctor`, or build the image again.")


def installed(package: str) -> str:
    """The installed version, or "" where it is missing."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def shadowing() -> list[Path]:
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


def models() -> Check:
    """Is every byte of the weights as locked? None at all is well too: the small models serve then."""
    from interview_prep.weights import absent, cache
    from interview_prep.weights.models_lock import LockError, read

    try:
        here = [model for model in read() if cache.snapshot(model).exists()]
    except LockError as error:
        return Check("models", ok=False, evidence=f"docker/locks/models.lock: {error}", mend="Mend the lock.")
    problems = cache.verify(here)
    named = ", ".join(model.name for model in here)
    without = absent.read_note() or "no pretrained weights; small models serve in their place"
    evidence = f"as locked: {named}" if here else without
    wrong = f"{problems[0]}{f', and {len(problems) - 1} more' if problems[1:] else ''}" if problems else ""
    mend = absent.say_how_to_bring("full" if any(model.set == "full" for model in here) else "core")
    return Check("models", not problems, wrong or evidence, mend)


def offline() -> Check:
    """Will huggingface_hub, which takes TRANSFORMERS_OFFLINE too, do without a network?"""
    from huggingface_hub.constants import ENV_VARS_TRUE_VALUES

    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    name = next((name for name in names if os.environ.get(name)), names[0])
    value = os.environ.get(name, "")
    mend = f"`export {name}=1`, so that no example waits for a network."
    return Check("offline", value.upper() in ENV_VARS_TRUE_VALUES, f"{name}={value}", mend)


def work_folder() -> Check:
    """Can answers be written, and is there room for them?"""
    work = paths.read_work()
    place = work if work.exists() else ROOT
    free = shutil.disk_usage(place).free
    if not os.access(place, os.W_OK):
        return Check("work/", ok=False, evidence="cannot be written", mend=f"Mount a folder that you own on {work}.")
    return Check("work/", free >= FREE_DISK, f"{free / 1e9:.1f} GB free", f"Free {FREE_DISK / 1e9:.0f} GB of disk.")


def memory() -> Check:
    """Free memory, and what a container's limit leaves of it."""
    free = free_memory()
    mend = "Close something, or give Docker more memory in its settings."
    return Check("memory", free >= FREE_MEMORY, f"{free / 1e9:.1f} GB free", mend)


def threads() -> Check:
    """Will torch start as many threads as there are processors to run them?"""
    wanted = paths.read_threads() or usable_processors()
    evidence = f"{wanted} for {processors()} processors"
    return Check("threads", wanted <= processors(), evidence, f"`export OMP_NUM_THREADS={processors()}`.")


def port() -> Check:
    """Is Lab's port free, or is it this checkout's Lab that has it?"""
    number = paths.read_port()
    listen = launch.listening_port(number)
    found = launch.who_listens(listen)
    if found == "nobody" and launch.in_container():  # which does not see the ports of the machine around it
        return Check("port", ok=True, evidence=f"nothing listens on {listen} in this container", mend="")
    if found == "nobody":
        return Check("port", ok=True, evidence=f"{number} is free", mend="")
    own = found == "this checkout's Lab"
    evidence = f"{found} answers on {number}" if own else f"{listen} is in use by {found}"
    other = launch.next_port(number)
    return Check("port", own, evidence, f"`PREP_PORT={other} docker compose up`, or `invoke lab --port {other}`.")
