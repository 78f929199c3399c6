"""The kit's environment, .venv, and whether it is what the locks ask for.

A file in it, written last, says what it was made from. Left out: making it (prepare.py).
"""

import hashlib
import os

from interview_prep.bootstrap.messages import UnpreparedError
from interview_prep.paths import ROOT

VENV = ROOT / ".venv"
PYTHON, INVOKE = VENV / "bin" / "python", VENV / "bin" / "invoke"
MADE_FROM = VENV / "made-from"
INSTALLER, CPU = ROOT / "docker" / "locks" / "installer.txt", ROOT / "docker" / "locks" / "cpu.txt"


def describe_locks() -> bytes:
    """What .venv has to be made from: a line for its place, and one for the hash of the locks."""
    if os.pathsep in str(ROOT):
        raise UnpreparedError(f"PATH cannot hold a folder with `{os.pathsep}` in its name ({ROOT}); move the checkout.")
    try:
        locks = b"".join(path.read_bytes() for path in (INSTALLER, CPU))
    except OSError as error:
        raise UnpreparedError(f"{error.filename}: {error.strerror}; `git checkout docker/locks` restores it.") from None
    return os.fsencode(f"{ROOT}\n{hashlib.sha256(locks).hexdigest()}")


def is_made_from(lines: bytes) -> bool:
    """Whether .venv is complete and was made from what `lines` describe, or from more."""
    return MADE_FROM.is_file() and MADE_FROM.read_bytes().startswith(lines) and PYTHON.exists() and INVOKE.exists()
