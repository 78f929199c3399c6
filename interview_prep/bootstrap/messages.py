"""Lines that `./prep` prints, and why it ends early. Left out: running steps (steps.py), which most starts never do."""

import sys

from interview_prep.errors import KitError

DOCKER_ADVICE = "use `docker compose up`"
DISK_ADVICE = "make room on the disk and run the same command again"


class UnpreparedError(KitError):
    """Why there is no environment, in one line that ends with what to do."""


def print_line(text: str) -> None:
    """Print one line on standard error, apart from the output of the task."""
    print(f"prep: {text}", file=sys.stderr)
