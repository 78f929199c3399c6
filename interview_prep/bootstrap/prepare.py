"""Make .venv from the locks, or sync it with them; one process at a time.

What it is made with lies in .bootstrap: the locked uv and, where the machine has no Python 3.11, a CPython that uv
fetches and whose hash it knows. Both stay, so that a new lock needs neither again.
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
from interview_prep.bootstrap.messages import DOCKER, ROOM, ROOT, UnpreparedError, print_line
from interview_prep.bootstrap.platforms import this_system, why_unsupported
from interview_prep.bootstrap.python311 import find_python_311
from interview_prep.bootstrap.start import CPU, INSTALLER, MADE_FROM, PYTHON, VENV, describe_locks, is_made_from
from interview_prep.bootstrap.steps import FIXES, run_step

BOOTSTRAP = ROOT / ".bootstrap"
CACHE = BOOTSTRAP / "cache"  # uv's, where HOME cannot hold one
NEEDED_BYTES = 3 * 10**9  # the environment, and the cache that it is unpacked in
OWN_PYTHON = f"install Python 3.11, or {DOCKER}"
PYTHON_FIXES = {  # as FIXES, for the step that may fetch Python
    **FIXES,
    "hash mismatch|do not match the hashes": f"another Python than uv knows; name another mirror, {OWN_PYTHON}",
    "": f"set UV_PYTHON_INSTALL_MIRROR to a mirror you can reach, {OWN_PYTHON}",
}


def prepare_venv() -> None:
    """Make or fix .venv; where another process is at it, wait and find it ready."""
    reason = why_unsupported(this_system())
    if reason:
        raise UnpreparedError(f"{reason}; {DOCKER}.")
    if not os.access(ROOT, os.W_OK):
        raise UnpreparedError(f"no permission to write in {ROOT}; `git clone` it to a folder of your own.")
    if not VENV.exists() and shutil.disk_usage(ROOT).free < NEEDED_BYTES:
        raise UnpreparedError(f"less than {NEEDED_BYTES / 1e9:.0f} GB free in {ROOT}; {ROOM}.")
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
    """Sync a .venv that was made here from other locks; make any other anew."""
    made_here = is_made_from(lines.splitlines(keepends=True)[0])
    if made_here:
        print_line("the lock has changed; syncing .venv with it.")
        MADE_FROM.unlink()
    else:
        print_line("making .venv from the lock; later starts find it ready.")
    try:
        options = pip_settings.read_settings()
    except pip_settings.SettingsError as error:
        raise UnpreparedError(str(error)) from None
    uv = locked_uv.fetch_uv(INSTALLER, BOOTSTRAP, options)
    if not made_here:
        make_venv(uv, uv_environment(options))
    sync_locks(uv, options)
    shutil.rmtree(CACHE, ignore_errors=True)
    unfinished = VENV / "made-from.new"
    unfinished.write_bytes(lines)
    unfinished.replace(MADE_FROM)


def make_venv(uv: Path, environment: Mapping[str, str]) -> None:
    """Make an empty .venv: from a Python 3.11 of the machine, or else from one that uv fetches."""
    found = find_python_311()
    if not found:
        print_line("no Python 3.11 here; uv fetches CPython 3.11 (30 MB) into .bootstrap.")
    python = ["--python", found] if found else ["--managed-python", "--python", "cpython-3.11"]
    folder = VENV.resolve()  # a link to a larger disk stays one
    command = [uv, "venv", "--quiet", "--no-project", "--clear", "--force", *python, folder]
    run_step(command, {**environment, "UV_PYTHON_INSTALL_DIR": str(BOOTSTRAP / "python")}, PYTHON_FIXES, show=False)


def sync_locks(uv: Path, options: Mapping[str, str]) -> None:
    """Install exactly the two locks, every hash checked.

    uv takes a version from the first index that has it, and an extra index may have another build than the lock
    names. Where installing fails with one, the main index alone is tried.
    """
    try:
        sync_from(uv, options)
    except UnpreparedError as first:
        main_alone = {name: text for name, text in options.items() if name != "extra-index-url"}
        if main_alone == options:
            raise
        print_line("that failed; trying without pip's extra indexes, which may hold other builds.")
        try:
            sync_from(uv, main_alone)
        except UnpreparedError:
            raise first from None


def sync_from(uv: Path, options: Mapping[str, str]) -> None:
    """Install with these settings of pip's."""
    environment = uv_environment(options)
    environment = pip_settings.with_torch_index(uv, PYTHON, locked_torch(), options, environment)
    only = ["--python", PYTHON, "--require-hashes", "--no-build", *pip_settings.uv_arguments(options)]
    run_step([uv, "pip", "sync", *only, INSTALLER, CPU], environment)


def locked_torch() -> str:
    """Return torch's version in the lock for this system; nothing where the lock has none."""
    entries = re.findall(r"^torch==(\S+)(?: ; (.+))? \\", CPU.read_text(encoding="utf-8"), re.MULTILINE)
    return next((version for version, marker in entries if not marker or sys.platform in marker), "")


def uv_environment(options: Mapping[str, str]) -> "dict[str, str]":
    """Return uv's variables; a uv.toml further up does not count, and a HOME that holds no cache does not matter."""
    environment = {**pip_settings.uv_environment(options), "UV_NO_CONFIG": "1"}
    own = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "uv")  # noqa: PTH111 - may stay "~"
    if "UV_CACHE_DIR" in environment:
        return environment
    with contextlib.suppress(OSError):
        if own.is_absolute():
            own.mkdir(parents=True, exist_ok=True)
            if os.access(own, os.W_OK | os.X_OK):
                return environment
    return {**environment, "UV_CACHE_DIR": str(CACHE)}
