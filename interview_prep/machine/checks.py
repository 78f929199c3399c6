"""Is this machine ready for interview day? Checks what is installed and what is free; changes and loads nothing."""

import importlib.machinery
import importlib.metadata
import os
import shutil
import sys
import sysconfig
from pathlib import Path

from interview_prep import paths
from interview_prep.gpu.facts import Finding
from interview_prep.lab import launch
from interview_prep.locks import read_locks
from interview_prep.machine.resources import count_processors, count_usable_processors, free_memory
from interview_prep.paths import ROOT, in_kit_image

FREE_DISK = 10**9  # bytes: notebooks, figures, a checkpoint or two
FREE_MEMORY = 2 * 10**9  # bytes: Lab, a kernel with torch and a small model


def run_checks() -> list[Finding]:
    """Every check, in the order in which a person would fix them; what is `blocking` has to be fixed."""
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


def make_finding(name: str, evidence: str, fix: str, *, ok: bool) -> Finding:
    """What one check found; its fix matters only if it isn't ok."""
    return Finding(name, evidence, fix, blocking=not ok)


def check_python() -> Finding:
    """Is this the Python that the packages were locked for?"""
    ok = sys.version_info[:2] == (3, 11)
    return make_finding("python", sys.version.split()[0], "Run this through `./prep doctor`.", ok=ok)


def check_packages() -> Finding:
    """Are the installed versions those of the lock (of cuda.txt if torch is the CUDA build)?"""
    fix = "Remove .venv and run `./prep doctor`, or build the image again."
    if shadowing := find_shadowing():
        fix = "`unset PYTHONPATH`, or run this through `./prep doctor`, which leaves it out."
        return make_finding("packages", f"PYTHONPATH puts {shadowing[0]} before the kit's own", fix, ok=False)
    name = "cpu.txt" if installed_version("torch").endswith("+cpu") or sys.platform == "darwin" else "cuda.txt"
    locked = read_locks.read_locked_versions(name)
    wrong = [
        f"{package} {installed_version(package) or 'missing'}, locked {version}"
        for package, version in locked.items()
        if installed_version(package) != version
    ]
    evidence = f"{len(locked)} as in docker/locks/{name}" if not wrong else "; ".join(wrong[:5])
    return make_finding("packages", evidence, fix, ok=not wrong)


def installed_version(package: str) -> str:
    """The installed version, or "" if the package is missing."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def find_shadowing() -> list[Path]:
    """Files on PYTHONPATH that Python would import instead of an installed package or the standard library."""
    installed = Path(sysconfig.get_path("purelib"))
    folders = [Path(text) for text in os.environ.get("PYTHONPATH", "").split(os.pathsep) if text]
    others = [folder for folder in folders if folder.is_dir() and folder != installed]
    entries = [entry for folder in others for entry in folder.iterdir()]
    suffixes = tuple(importlib.machinery.all_suffixes())
    modules = {
        entry: entry.name.partition(".")[0]
        for entry in entries
        if entry.name.endswith(suffixes) or (entry / "__init__.py").exists()
    }
    return [
        entry
        for entry, name in modules.items()
        if name in sys.stdlib_module_names or (installed / name).exists() or (installed / f"{name}.py").exists()
    ]


def check_weights() -> Finding:
    """Is every byte of the weights as locked? No weights at all is fine too: then the small models are used."""
    from interview_prep.weights import absent, cache
    from interview_prep.weights.models_lock import ModelsLockError, load_models

    try:
        present = [model for model in load_models() if cache.snapshot_folder(model).exists()]
    except ModelsLockError as error:
        return make_finding("models", str(error), "Fix the lock.", ok=False)
    problems = cache.verify_models(present)
    if problems:
        evidence = f"{problems[0]}{f', and {len(problems) - 1} more' if problems[1:] else ''}"
    elif present:
        evidence = f"as locked: {', '.join(model.name for model in present)}"
    else:
        evidence = absent.read_note() or "no pretrained weights; the small models are used instead"
    fix = absent.explain_fetch("full" if any(model.set == "full" for model in present) else "core")
    return make_finding("models", evidence, fix, ok=not problems)


def check_offline() -> Finding:
    """Will huggingface_hub, which reads TRANSFORMERS_OFFLINE too, stay off the network?"""
    from huggingface_hub.constants import ENV_VARS_TRUE_VALUES

    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    name = next((name for name in names if os.environ.get(name)), names[0])
    value = os.environ.get(name, "")
    fix = f"`export {name}=1`, so no example waits for a network."
    return make_finding("offline", f"{name}={value}", fix, ok=value.upper() in ENV_VARS_TRUE_VALUES)


def check_work_folder() -> Finding:
    """Can answers be written, and is there enough free disk for them?"""
    work = paths.read_work()
    folder = work if work.exists() else ROOT
    free = shutil.disk_usage(folder).free
    if not os.access(folder, os.W_OK):
        return make_finding("work/", "cannot be written", f"Mount a folder that you own on {work}.", ok=False)
    fix = f"Free {FREE_DISK / 1e9:.0f} GB of disk."
    return make_finding("work/", f"{free / 1e9:.1f} GB free", fix, ok=free >= FREE_DISK)


def check_memory() -> Finding:
    """Is there enough free memory, within a container's limit if there is one?"""
    free = free_memory()
    fix = "Close something, or give Docker more memory in its settings."
    return make_finding("memory", f"{free / 1e9:.1f} GB free", fix, ok=free >= FREE_MEMORY)


def check_threads() -> Finding:
    """Will torch start as many threads as there are processors to run them?"""
    threads, processors = paths.read_threads() or count_usable_processors(), count_processors()
    fix = f"`export OMP_NUM_THREADS={processors}`."
    return make_finding("threads", f"{threads} for {processors} processors", fix, ok=threads <= processors)


def check_port() -> Finding:
    """Is Lab's port free, or is it this checkout's Lab that uses it?"""
    number = paths.read_port()
    listen, other = launch.listening_port(number), launch.next_port(number)
    listener = launch.find_listener(listen)
    if listener == "nobody" and in_kit_image():  # from inside, the ports of the machine around it can't be seen
        return make_finding("port", f"nothing listens on {listen} in this container", "", ok=True)
    if listener == "nobody":
        return make_finding("port", f"{number} is free", "", ok=True)
    is_own = listener == "this checkout's Lab"
    evidence = f"{listener} answers on {number}" if is_own else f"{listen} is in use by {listener}"
    fix = f"`PREP_PORT={other} docker compose up`, or `invoke lab --port {other}`."
    return make_finding("port", evidence, fix, ok=is_own)
