"""`./prep X`: see that .venv is whole, make it where it is not, and become `invoke X` in it.

A file in .venv, written last, says what it was made from: where that is missing (killed while installing) .venv is
made anew, where the locks have changed it is synced. Standard library only, for any Python from 3.9 on.
"""

import errno
import hashlib
import os
import sys

from interview_prep.bootstrap.messages import ROOM, ROOT, UnpreparedError, print_line
from interview_prep.bootstrap.python_variables import drop_python_variables

VENV = ROOT / ".venv"
PYTHON, INVOKE = VENV / "bin" / "python", VENV / "bin" / "invoke"
MADE_FROM = VENV / "made-from"
INSTALLER, CPU = ROOT / "docker" / "locks" / "installer.txt", ROOT / "docker" / "locks" / "cpu.txt"


def main() -> None:
    """Never return: become invoke, or exit with one line."""
    try:
        drop_python_variables(os.environ)
        if not is_made_from(describe_locks()):
            from interview_prep.bootstrap import prepare

            prepare.prepare_venv()
        os.environ["PATH"] = f"{PYTHON.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        os.execv(INVOKE, ["invoke", "--search-root", str(ROOT), "--collection", "tasks", *sys.argv[1:]])
    except UnpreparedError as reason:
        print_line(str(reason))
        sys.exit(2)
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        fix = f"{ROOM}." if full else "make it your own (chown) or remove .venv, and try again."
        print_line(f"{error.strerror} ({error.filename or ROOT}); {fix}")
        sys.exit(2)
    except KeyboardInterrupt:
        print_line("interrupted; run the same command again, it goes on from what is downloaded.")
        sys.exit(130)


def describe_locks() -> bytes:
    """Return what .venv is to be made from: a line for its place, and one for the locks."""
    if os.pathsep in str(ROOT):
        raise UnpreparedError(f"PATH cannot hold a folder with `{os.pathsep}` in its name ({ROOT}); move the checkout.")
    try:
        locks = b"".join(path.read_bytes() for path in (INSTALLER, CPU))
    except OSError as error:
        raise UnpreparedError(f"{error.filename}: {error.strerror}; `git checkout docker/locks` restores it.") from None
    return os.fsencode(f"{ROOT}\n{hashlib.sha256(locks).hexdigest()}")


def is_made_from(lines: bytes) -> bool:
    """Whether .venv is whole and what it was made from begins with `lines`."""
    return MADE_FROM.is_file() and MADE_FROM.read_bytes().startswith(lines) and PYTHON.exists() and INVOKE.exists()
