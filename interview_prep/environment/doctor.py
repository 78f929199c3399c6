"""Is this machine ready for interview day? Checks of what is installed and free; nothing is changed or loaded."""

import importlib.metadata
import math
import os
import shutil
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from invoke.exceptions import Exit

from interview_prep import paths
from interview_prep.environment import lab, lock
from interview_prep.paths import ROOT
from interview_prep.screen import Screen

FREE_DISK = 10**9  # bytes: notebooks, figures, a checkpoint or two
FREE_MEMORY = 2 * 10**9  # bytes: Lab, a kernel with torch and a small model
CGROUP = Path("/sys/fs/cgroup")


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
    name = "cpu.txt" if installed("torch").endswith("+cpu") or sys.platform == "darwin" else "cuda.txt"
    locked = lock.locked_versions(name)
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


def models() -> Check:
    """Is every byte of the weights as locked? None at all is well too: the small models serve then."""
    from interview_prep.environment.models import cache
    from interview_prep.environment.models.lock import LockError, read

    try:
        here = [model for model in read() if cache.snapshot(model).exists()]
    except LockError as error:
        return Check("models", ok=False, evidence=f"docker/locks/models.lock: {error}", mend="Mend the lock.")
    problems = cache.verify(here)
    named = ", ".join(model.name for model in here)
    evidence = f"as locked: {named}" if here else "no pretrained weights; small models serve in their place"
    wrong = f"{problems[0]}{f', and {len(problems) - 1} more' if problems[1:] else ''}" if problems else ""
    mend = f"`invoke models --set {'full' if any(model.set == 'full' for model in here) else 'core'} --fetch`."
    return Check("models", not problems, wrong or evidence, mend)


def offline() -> Check:
    value = os.environ.get("HF_HUB_OFFLINE", "")
    evidence = f"HF_HUB_OFFLINE={value}"
    return Check(
        "offline", value == "1", evidence, "`export HF_HUB_OFFLINE=1`, so that no example waits for a network."
    )


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


def free_memory() -> int:
    """Bytes that a new process can have: the machine's free ones, or fewer where a cgroup sets a limit."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:  # macOS has no /proc and says only how much there is in all
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    limit, used = cgroup("memory.max"), cgroup("memory.current")
    return min(free, int(limit[0]) - int(used[0])) if limit[0].isdigit() and used else free


def threads() -> Check:
    """Will torch start as many threads as there are processors to run them?"""
    wanted = paths.read_threads() or usable_processors()
    evidence = f"{wanted} for {processors()} processors"
    return Check("threads", wanted <= processors(), evidence, f"`export OMP_NUM_THREADS={processors()}`.")


def usable_processors() -> int:
    """Those that this process may be put on, as torch counts them: a container's share of their time is not asked."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def processors() -> int:
    """How many can work for this process at once, within its container's share."""
    quota = cgroup("cpu.max")
    share = math.ceil(int(quota[0]) / int(quota[1])) if quota[0].isdigit() else usable_processors()
    return min(usable_processors(), share)


def cgroup(name: str) -> list[str]:
    """The words of one of this container's cgroup files; ["max"] where there is no limit or no cgroup."""
    try:
        return (CGROUP / name).read_text().split()
    except OSError:
        return ["max"]


def port() -> Check:
    """Is Lab's port free, or is it Lab that has it?"""
    number = paths.read_port()
    if not lab.in_use(number):
        return Check("port", ok=True, evidence=f"{number} is free", mend="")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{number}/api", timeout=2) as answer:
            jupyter = b"version" in answer.read()
    except OSError:
        jupyter = False
    evidence = f"Lab answers on {number}" if jupyter else f"{number} is in use by something else"
    return Check(
        "port", jupyter, evidence, f"`PREP_PORT={number + 1} docker compose up`, or `invoke lab --port {number + 1}`."
    )
