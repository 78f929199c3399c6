"""Keep the variables that people set for other Pythons away from the kit.

PYTHONPATH brings foreign packages, PYTHONOPTIMIZE removes asserts, PYTHONHOME breaks any other Python.
Only those about how output is written stay. Left out: other programs' variables (processes.py).
"""

import os
import sys
from collections.abc import MutableMapping

KEPT = {"PYTHONIOENCODING", "PYTHONUNBUFFERED", "PYTHONUTF8"}


def drop_python_variables(environment: MutableMapping[str, str]) -> None:
    """Remove every variable that changes what a Python started from here imports or does."""
    for name in list(environment):
        if name.startswith("PYTHON") and name not in KEPT:
            del environment[name]


def ignore_python_variables() -> None:
    """Drop them from this process and what it starts, and take the folders of PYTHONPATH off sys.path."""
    folders = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    foreign = {os.path.abspath(folder) for folder in folders if folder}  # noqa: PTH100 - as Python itself writes them
    sys.path[:] = [folder for folder in sys.path if folder not in foreign]
    drop_python_variables(os.environ)
