"""Where things are, and the settings that people make in the environment: each is read and validated here.

Left out: settings of other programs (HF_HOME, proxies, Docker's), which those programs read. Only values of theirs
that would end every task with a traceback are refused here. It imports nothing heavy and runs on Python 3.9, because
`prep` may need it before there is an environment.
"""

from __future__ import annotations

import os
from pathlib import Path

from interview_prep.errors import KitError

ROOT = Path(__file__).resolve().parents[1]  # the checkout
DRILLS = ROOT / "interview_prep" / "drills"
DEFAULT_PORT, MAX_PORT = 8888, 65535
MAX_THREADS = 2**31 - 1  # what fits OpenMP's int


class SettingError(KitError):
    """A setting has a value that means nothing."""


def read_work() -> Path:
    """The folder of the answers: PREP_WORK, or work/ in the checkout.

    A relative PREP_WORK is one in the checkout, so that every process finds the same folder, wherever it runs.
    """
    text = os.environ.get("PREP_WORK")
    if not text:
        return ROOT / "work"
    try:
        folder = (ROOT / Path(text).expanduser()).resolve()
        is_file = folder.exists() and not folder.is_dir()
    except (OSError, RuntimeError):  # no such user, a circle of links, or a folder that is closed to this one
        raise SettingError(f"PREP_WORK={text!r} leads nowhere. `export PREP_WORK=~/answers`, or unset it.") from None
    if is_file:
        raise SettingError(f"PREP_WORK={text!r} is not a folder. `export PREP_WORK=~/answers`, or unset it.")
    return folder


def read_port(option: str = "") -> int:
    """The port for Lab: the text of --port where it is given, else PREP_PORT, else 8888."""
    name, text = ("--port ", option) if option else ("PREP_PORT=", os.environ.get("PREP_PORT") or str(DEFAULT_PORT))
    number = as_number(text)
    if not 1 <= number <= MAX_PORT:
        example = "`invoke lab --port 8889`" if option else "`export PREP_PORT=8889`, or unset it"
        raise SettingError(f"{name}{text} is not a port: 1 to {MAX_PORT}. {example}.")
    return number


def in_kit_image() -> bool:
    """Whether this runs in one of the kit's own images, which set PREP_CONTAINER. Other containers don't count."""
    return os.environ.get("PREP_CONTAINER") == "1"


def read_threads() -> int:
    """The threads that OMP_NUM_THREADS asks for, 0 where it is not set.

    OpenMP takes a list such as 4,2 (the second number is for nested regions); torch and NumPy use the first.
    What OpenMP cannot read it ignores with a warning in every process, so that here it is an error.
    """
    text = os.environ.get("OMP_NUM_THREADS", "").strip()
    if not text:
        return 0
    numbers = [as_number(part.strip()) for part in text.split(",")]
    if not all(1 <= number <= MAX_THREADS for number in numbers):
        raise SettingError(
            f"OMP_NUM_THREADS={text} is not a number of threads. `unset OMP_NUM_THREADS` uses all processors."
        )
    return numbers[0]


def validate_timeouts() -> None:
    """The Hub's timeouts, which end every import of huggingface_hub with a traceback where they are no numbers."""
    for name in ("HF_HUB_DOWNLOAD_TIMEOUT", "HF_HUB_ETAG_TIMEOUT"):
        text = os.environ.get(name, "").strip()
        if not text:
            os.environ.pop(name, None)
        elif as_number(text) < 1:
            raise SettingError(f"{name}={text} is not a number of seconds. `unset {name}`, or `export {name}=30`.")


def as_number(text: str) -> int:
    """The number that a text of ASCII digits stands for, -1 for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1


def validate_settings() -> None:
    """Raise SettingError for the first setting that means nothing, whichever task is about to run."""
    read_work()
    read_port()
    validate_timeouts()
    if not read_threads():
        os.environ.pop("OMP_NUM_THREADS", None)  # OpenMP would warn of an empty one in every process
