"""Make .venv from the locks, or sync it with them; one process at a time.

The tools are in .bootstrap: the locked uv and, if the machine has no Python 3.11, a CPython that uv fetches and whose
hash it knows. Both stay there, so that a new lock doesn't fetch them again. Left out: the package cache, which is uv's.
"""

import contextlib
import fcntl
import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from interview_prep.bootstrap import locked_uv, pip_settings
from interview_prep.bootstrap.messages import DISK_ADVICE, DOCKER_ADVICE, UnpreparedError, print_line
from interview_prep.bootstrap.platforms import detect_system, explain_unsupported
from interview_prep.bootstrap.python311 import find_python_311
from interview_prep.bootstrap.steps import FIXES, run_step
from interview_prep.bootstrap.venv import CPU, INSTALLER, MADE_FROM, PYTHON, VENV, describe_locks, is_made_from
from interview_prep.files import write_atomically
from interview_prep.paths import ROOT

BOOTSTRAP = ROOT / ".bootstrap"
CACHE = BOOTSTRAP / "cache"  # for uv, if HOME cannot hold one
NEEDED_BYTES = 3 * 10**9  # the environment, and the cache that it is unpacked in
PYTHON_ADVICE = f"install Python 3.11, or {DOCKER_ADVICE}"
PYTHON_FIXES = {  # like FIXES, for the step that may fetch Python
    **FIXES,
    "hash mismatch|do not match the hashes": f"not the Python that uv expects; use another mirror, {PYTHON_ADVICE}",
    "": f"set UV_PYTHON_INSTALL_MIRROR to a mirror you can reach, {PYTHON_ADVICE}",
}


def prepare_venv() -> None:
    """Make or repair .venv; if another process is doing that, wait for it."""
    reason = explain_unsupported(detect_system())
    if reason:
        raise UnpreparedError(f"{reason}; {DOCKER_ADVICE}.")
    if not os.access(ROOT, os.W_OK):
        raise UnpreparedError(f"no permission to write in {ROOT}; `git clone` it to a folder of your own.")
    if not VENV.exists() and shutil.disk_usage(ROOT).free < NEEDED_BYTES:
        raise UnpreparedError(f"less than {NEEDED_BYTES / 1e9:.0f} GB free in {ROOT}; {DISK_ADVICE}.")
    checkout = os.open(ROOT, os.O_RDONLY)
    os.set_inheritable(checkout, True)  # noqa: FBT003 - an installer that outlives a killed prep keeps it locked
    try:
        fcntl.flock(checkout, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print_line("another ./prep is making .venv; waiting for it.")
        fcntl.flock(checkout, fcntl.LOCK_EX)
    lines = describe_locks()
    if not is_made_from(lines):
        install_locks(lines)
    os.close(checkout)


def install_locks(lines: bytes) -> None:
    """Sync a .venv that was made here from other locks; make any other one again from nothing."""
    made_here = is_made_from(lines.splitlines(keepends=True)[0])
    if made_here:
        print_line("the lock has changed; syncing .venv with it.")
        MADE_FROM.unlink()
    else:
        print_line("making .venv from the lock; later starts will find it ready.")
    options = pip_settings.read_settings()
    uv = locked_uv.fetch_uv(INSTALLER, BOOTSTRAP, options)
    if not made_here:
        make_venv(uv, make_install_environment(options))
    sync_locks(uv, options)
    shutil.rmtree(CACHE, ignore_errors=True)
    write_atomically(MADE_FROM, lines)


def make_venv(uv: Path, environment: Mapping[str, str]) -> None:
    """Make an empty .venv from a Python 3.11 of the machine, or else from one that uv fetches."""
    python = find_python_311()
    if not python:
        print_line("no Python 3.11 here; uv is fetching CPython 3.11 (30 MB) into .bootstrap.")
    python_options = ["--python", python] if python else ["--managed-python", "--python", "cpython-3.11"]
    folder = VENV.resolve()  # a link to a larger disk stays one
    command = [uv, "venv", "--quiet", "--no-project", "--clear", "--force", *python_options, folder]
    run_step(command, {**environment, "UV_PYTHON_INSTALL_DIR": str(BOOTSTRAP / "python")}, PYTHON_FIXES, show=False)


def sync_locks(uv: Path, options: Mapping[str, str]) -> None:
    """Install exactly the two locks, every hash checked.

    uv takes a version from the first index that has it, and an extra index may have a build other than the locked one.
    So if installing fails and there is an extra index, the main index alone is tried.
    """
    try:
        sync_from(uv, options)
    except UnpreparedError as first:
        main_only = {name: text for name, text in options.items() if name != "extra-index-url"}
        if main_only == options:
            raise
        print_line("that failed; trying again without pip's extra indexes, which may have other builds.")
        try:
            sync_from(uv, main_only)
        except UnpreparedError:
            raise first from None


def sync_from(uv: Path, options: Mapping[str, str]) -> None:
    """Install the two locks with these pip settings."""
    environment = make_install_environment(options)
    environment = pip_settings.add_torch_index(uv, PYTHON, read_locked_torch(), options, environment)
    arguments = ["--python", PYTHON, "--require-hashes", "--no-build", *pip_settings.make_uv_arguments(options)]
    run_step([uv, "pip", "sync", *arguments, INSTALLER, CPU], environment)


def read_locked_torch() -> str:
    """The version of torch in the lock for this system, or "" if the lock has none."""
    entries = re.findall(r"^torch==(\S+)(?: ; (.+))? \\", CPU.read_text(encoding="utf-8"), re.MULTILINE)
    return next((version for version, marker in entries if not marker or sys.platform in marker), "")


def make_install_environment(options: Mapping[str, str]) -> dict[str, str]:
    """The environment in which uv installs: no uv.toml counts, and if HOME can't hold a cache, .bootstrap does."""
    environment = {**pip_settings.make_uv_environment(options), "UV_NO_CONFIG": "1"}
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "uv")  # noqa: PTH111 - may stay "~"
    if "UV_CACHE_DIR" in environment:
        return environment
    with contextlib.suppress(OSError):
        if cache.is_absolute():
            cache.mkdir(parents=True, exist_ok=True)
            if os.access(cache, os.W_OK | os.X_OK):
                return environment
    return {**environment, "UV_CACHE_DIR": str(CACHE)}
