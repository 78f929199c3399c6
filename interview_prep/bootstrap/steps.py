"""Run one step of making the environment, and explain in one line why it failed and what to do.

Left out: trying again, which pip and uv do themselves.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping

from interview_prep.bootstrap.messages import DISK_ADVICE, UnpreparedError
from interview_prep.paths import ROOT

FIXES = {  # what a failed step prints, and what to do about it; the first match wins, and the last one always matches
    "No space left|quota exceeded": DISK_ADVICE,
    "hash mismatch|do not match the hashes": "not the locked file; `git checkout docker/locks`, or use another index",
    "Permission denied|Read-only|Unable to create|Not a dir|File exists": "remove .venv and .bootstrap, or make them "
    "and the caches your own",
    "see the reason above": "fix that and run the same command again",
    "": "check the network and pip's settings (index, proxy, certificate), and run the same command again",
}


def run_step(
    command: Iterable[object], environment: Mapping[str, str], fixes: Mapping[str, str] = FIXES, show: bool = True
) -> None:
    """Run one step. With `show`, a terminal shows its progress. Raises UnpreparedError if it fails."""
    on_terminal = show and sys.stderr.isatty()
    words = [str(word) for word in command]
    step = subprocess.run(words, capture_output=not on_terminal, env=environment, close_fds=False, check=False)
    if step.returncode != 0:
        output = b"" if on_terminal else step.stdout + step.stderr
        text = output.decode(errors="replace").strip() or (
            "see the reason above" if on_terminal else f"exit {step.returncode}"
        )
        raise UnpreparedError(explain_failure(text, fixes))


def explain_failure(text: str, fixes: Mapping[str, str] = FIXES) -> str:
    """One line from an installer's output: the first and the last cause, an address if there is one, and what to do."""
    causes = re.findall(r"^\s*(?:error|cause): (.+)", text, re.IGNORECASE | re.MULTILINE) or text.splitlines()[-1:]
    addresses = [cause for cause in causes if "://" in cause]
    fix = next(fix for words, fix in fixes.items() if re.search(words, text, re.IGNORECASE))
    fix = fix if shutil.disk_usage(ROOT).free > 10**8 else DISK_ADVICE
    return f"installing failed ({': '.join(dict.fromkeys([causes[0], *addresses[:1], causes[-1]]))}): {fix}."
