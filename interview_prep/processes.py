"""How the kit starts another Python: in an environment that the kit decides, not the one that it happens to be in.

A child gets what the machine needs to run any program, what its caller lists, and nothing else, so that no variable of
another purpose (PYTEST_ADDOPTS, PYTHONPATH, TORCH_LOGS, NPY_...) changes what it does. Left out: programs that are not
ours, such as Docker and uv.
"""

from __future__ import annotations

import fnmatch
import os
import sys
import tempfile

from interview_prep.errors import KitError

MACHINE = ("PATH", "HOME", "USER", "LOGNAME", "LD_*", "DYLD_*")  # without these a program may not even start
IN_MEMORY = "/dev/shm"  # noqa: S108 - the last way out, on Linux, where every disk is full
TESTS = (  # what the kit's tests may use of a person's settings: the terminal, the kit's own, the network, installers
    *("TERM", "COLORTERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CI", "XDG_*"),
    *("PREP_*", "HF_HOME", "HF_HUB_CACHE", "HF_ENDPOINT", "CUDA_VISIBLE_DEVICES", "NVIDIA_*"),
    *("*_proxy", "*_PROXY", "SSL_CERT_*", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_*", "UV_*"),
    *("DOCKER_*", "COMPOSE_*", "BUILDKIT_*", "BUILDX_*", "BASE_IMAGE", "WHEELHOUSE", "MODELS", "MODELS_*"),
)
READING = ("LANG", "LC_*", "LESS*", "PAGER", "MANPAGER", "SHELL", "OMP_NUM_THREADS")  # pages on a terminal, and scripts


def child_environment(*kept: str, **own: str) -> dict[str, str]:
    """The environment for a child: the machine's variables, those that match a pattern of `kept`, and `own`.

    Its text is UTF-8 whatever the locale, and its folder for temporary files is one that can be written.
    """
    patterns = (*MACHINE, *kept)
    mine = {name: os.environ[name] for each in patterns for name in fnmatch.filter(os.environ, each)}
    return {**mine, "TMPDIR": temporary_folder(), "PYTHONUTF8": "1", **own}


def temporary_folder() -> str:
    """A folder in which files can be written: TMPDIR where that is one, else the system's, else in memory."""
    try:
        return tempfile.gettempdir()
    except OSError:
        if os.access(IN_MEMORY, os.W_OK):
            return IN_MEMORY
        raise KitError(
            "No folder for temporary files can be written. Is the disk full? Free space, or `export TMPDIR=FOLDER`."
        ) from None


def adopt_environment(environment: dict[str, str]) -> None:
    """Make it this process's own, for what is imported and started from now on."""
    os.environ.clear()
    os.environ.update(environment)


def undo_python_settings() -> None:
    """Start this program again where PYTHONOPTIMIZE and the like, gone from the environment by now, had an effect."""
    changed = sys.flags.optimize or sys.flags.inspect or sys.warnoptions
    if changed and not sys.orig_argv[1].startswith("-"):  # an option would be there again
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def as_utf8(path: str | os.PathLike[str]) -> str:
    """A path as a child in UTF-8 spells it, whatever this process takes file names to be encoded in."""
    return os.fsencode(path).decode("utf-8", "surrogateescape")
