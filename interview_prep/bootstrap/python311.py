"""Find a Python 3.11 that the environment can be made from: the running one, or one on PATH.

A name proves nothing: a version manager's shim may lead nowhere, and a home-built Python may lack sqlite3. Left out:
fetching one, which uv does.
"""

import os
import shutil
import subprocess
import sys

PROBE = """
import ctypes, os, sqlite3, ssl, sys, zlib
fits = sys.version_info[:2] == (3, 11) and sys.implementation.name == "cpython" and sys.maxsize > 2**32
fits = fits and (sys.platform != "darwin" or os.uname().machine == "arm64")
sys.stdout.buffer.write(os.fsencode(os.path.realpath(sys._base_executable)) if fits else b"")
"""


def find_python_311() -> str:
    """The first Python 3.11 that works, as the real file behind any environment or shim; "" if there is none."""
    running = [sys.executable] if sys.version_info[:2] == (3, 11) else []
    named = [shutil.which("python3.11", path=folder) for folder in os.get_exec_path()]
    for python in [*running, *filter(None, named)]:
        probe = subprocess.run([python, "-Ic", PROBE], capture_output=True, check=False)
        if probe.returncode == 0 and probe.stdout:
            return os.fsdecode(probe.stdout)
    return ""
