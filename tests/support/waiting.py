"""Wait for what must happen, and fail with its name where it doesn't. Left out: events, which need no polling."""

import time
from collections.abc import Callable

WAIT_SECONDS = 60


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Check every millisecond; fail after WAIT_SECONDS."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come in {WAIT_SECONDS} s"
        time.sleep(0.001)
