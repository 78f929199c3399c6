"""What `./prep` says, and why it ends early. Apart from steps.py, so that a later start imports next to nothing."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKER = "use `docker compose up`"
ROOM = "make room on the disk and run the same command again"


class UnpreparedError(Exception):
    """Why there is no environment: one line that ends with what to do."""


def print_line(text: str) -> None:
    """Print one line on standard error, which the task's own output never mixes with."""
    print(f"prep: {text}", file=sys.stderr)
