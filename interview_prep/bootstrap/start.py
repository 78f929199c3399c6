"""`./prep X`: check that .venv is complete, make it where it isn't, and become `invoke X` in it.

A file in .venv, written last, says what it was made from. Where the file is missing, because somebody killed the
installer, .venv is made again; where the locks have changed, it is synced. Left out: how (prepare.py).
"""

import errno
import hashlib
import os
import sys

from interview_prep.bootstrap.messages import DISK_ADVICE, UnpreparedError, print_line
from interview_prep.bootstrap.python_variables import drop_python_variables
from interview_prep.errors import KitError
from interview_prep.paths import ROOT

VENV = ROOT / ".venv"
PYTHON, INVOKE = VENV / "bin" / "python", VENV / "bin" / "invoke"
MADE_FROM = VENV / "made-from"
INSTALLER, CPU = ROOT / "docker" / "locks" / "installer.txt", ROOT / "docker" / "locks" / "cpu.txt"


def main() -> None:
    """Become invoke, or exit with one line; never return."""
    try:
        drop_python_variables(os.environ)
        if not is_made_from(describe_locks()):
            from interview_prep.bootstrap import prepare

            prepare.prepare_venv()
        os.environ["PATH"] = f"{PYTHON.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        os.execv(INVOKE, ["invoke", "--search-root", str(ROOT), "--collection", "tasks", *sys.argv[1:]])
    except KitError as reason:
        print_line(str(reason))
        sys.exit(2)
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        fix = f"{DISK_ADVICE}." if full else "make it your own (chown) or remove .venv, and try again."
        print_line(f"{error.strerror} ({error.filename or ROOT}); {fix}")
        sys.exit(2)
    except KeyboardInterrupt:
        print_line("interrupted; run the same command again, it goes on from what is downloaded.")
        sys.exit(130)


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
