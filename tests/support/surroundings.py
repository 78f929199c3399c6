"""A pytest plugin: a person's settings are not the tests'. What libraries and programs would read of them is dropped.

It is loaded before any test is imported, as huggingface_hub and matplotlib read their variables when they are imported.
Left out: certificates, pip's and uv's settings and proxies for other hosts, by which some tests reach a package index,
and the folders where weights lie (HF_HOME, HF_HUB_CACHE).
"""

import fnmatch
import os
import signal

import pytest

LIBRARIES = (
    *("HF_*", "HUGGINGFACE_*", "HUGGING_FACE_*", "TRANSFORMERS_*", "DATASETS_*", "TOKENIZERS_*", "ACCELERATE_*"),
    *("JUPYTER*", "IPYTHON*", "INVOKE_*", "MPLBACKEND", "MATPLOTLIBRC", "HYPOTHESIS_*"),
    *("PYTHONPATH", "PYTHONWARNINGS", "PYTHONSAFEPATH", "PYTHONSTARTUP"),
)
KEPT = ("HF_HOME", "HF_HUB_CACHE")
TERMINAL = (
    *("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR*", "COLORTERM", "TTY_*", "PAGER", "MANPAGER", "LESS*"),
)


def forget(*patterns: str) -> None:
    """Drop the variables of these names, for this process and all that it starts."""
    for name in [name for name in os.environ for pattern in patterns if fnmatch.fnmatchcase(name, pattern)]:
        if name not in KEPT:
            os.environ.pop(name, None)


def pytest_sessionstart(session: pytest.Session) -> None:  # noqa: ARG001 - pytest's signature
    """Forget the terminal once pytest has seen it, and so has its own colors."""
    forget(*TERMINAL)
    os.environ["TERM"] = "xterm-256color"


if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as in a shell's background, and in all that is started there
    signal.signal(signal.SIGINT, signal.default_int_handler)
forget(*LIBRARIES)
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["MATPLOTLIBRC"] = os.devnull  # instead of the file in the home folder
for _name in ("no_proxy", "NO_PROXY"):  # the tests' own servers are on this machine
    os.environ[_name] = ",".join(filter(None, [os.environ.get(_name), "127.0.0.1", "localhost"]))
