"""`./prep X`: check that .venv is complete, make it if it isn't, and become `invoke X` in it.

If somebody killed the installer, .venv is made again; if the locks have changed, it is synced. Left out: how
(prepare.py).
"""

import errno
import os
import sys

from interview_prep.bootstrap.messages import DISK_ADVICE, print_line
from interview_prep.bootstrap.python_variables import drop_python_variables
from interview_prep.bootstrap.venv import INVOKE, PYTHON, describe_locks, is_made_from
from interview_prep.errors import KitError
from interview_prep.paths import ROOT


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
        print_line("interrupted; run the same command again to continue from what is already downloaded.")
        sys.exit(130)
