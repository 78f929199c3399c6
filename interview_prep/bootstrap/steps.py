"""One step of making the environment: run it, and say in one line why it failed and what to do.

Left out: retrying. pip and uv do that themselves.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping

from interview_prep.bootstrap.messages import ROOM, ROOT, UnpreparedError

FIXES = {  # what a failed step says, and what to do; the first that matches wins, the last one always does
    "No space left|quota exceeded": ROOM,
    "hash mismatch|do not match the hashes": "not the locked file; `git checkout docker/locks`, or another index",
    "Permission denied|Read-only|Unable to create|Not a dir|File exists": "remove .venv and .bootstrap, or make them "
    "and the caches your own",
    "stands above": "fix that and run the same command again",
    "": "check the network and pip's settings (index, proxy, certificate) and run the same command again",
}


def run_step(
    command: Iterable[object], environment: Mapping[str, str], fixes: Mapping[str, str] = FIXES, show: bool = True
) -> None:
    """Run one step; on a terminal its progress is shown, unless it says nothing worth showing."""
    shown = show and sys.stderr.isatty()
    words = [str(word) for word in command]
    step = subprocess.run(words, capture_output=not shown, env=environment, close_fds=False, check=False)
    if step.returncode != 0:
        output = b"" if shown else step.stdout + step.stderr
        text = output.decode(errors="replace").strip() or (
            "its reason stands above" if shown else f"exit {step.returncode}"
        )
        raise UnpreparedError(explain_failure(text, fixes))


def explain_failure(text: str, fixes: Mapping[str, str] = FIXES) -> str:
    """Turn what an installer said into one line: first and last cause, the address if there is one, what to do."""
    causes = re.findall(r"^\s*(?:error|cause): (.+)", text, re.IGNORECASE | re.MULTILINE) or text.splitlines()[-1:]
    addresses = [cause for cause in causes if "://" in cause]
    fix = next(fix for words, fix in fixes.items() if re.search(words, text, re.IGNORECASE))
    fix = fix if shutil.disk_usage(ROOT).free > 10**8 else ROOM
    return f"installing failed ({': '.join(dict.fromkeys([causes[0], *addresses[:1], causes[-1]]))}): {fix}."
