"""The imports of the warm-up's next script, in a thread, while a sheet is read or another script runs.

Nobody may fork before the thread has ended, and nobody waits for it at the end of the process. Left out: reporting what
cannot be imported. The script itself imports it again, and says so.
"""

import contextlib
import importlib
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from invoke.exceptions import Exit

IMPORTS = {  # by path; also what a first training step, model or pipeline would import, in every fork again
    "pytorch/model_training_loop.py": ("torch._dynamo", "sklearn.datasets", "sklearn.model_selection"),
    "huggingface/pipelines_and_inference.py": (
        *("transformers.pipelines", "transformers.models.distilbert.modeling_distilbert"),
    ),
    "": ("pytest", "hypothesis", "sybil", "matplotlib.pyplot", "pandas", "sklearn.ensemble"),
}
NAME = "imports of the warm-up"


def start_imports(path: str | None) -> threading.Thread:
    """Import in a thread what the step of this path needs; None is no step, and no imports."""
    names = () if path is None else IMPORTS.get(path, ())
    imports = threading.Thread(target=import_all, args=(names,), name=NAME)
    imports.start()
    return imports


def import_all(names: Sequence[str]) -> None:
    with contextlib.suppress(BaseException):  # above all "can't register atexit after shutdown" of an interrupted start
        for name in names:
            importlib.import_module(name)


def wait_for_end(thread: threading.Thread) -> None:
    """Wait until it has ended, for the system too: join() returns while it may still hold MKL's lock.

    A fork in that moment inherits the lock, which nobody in it releases, and spins at its first product of matrices.
    """
    thread.join()
    while Path(f"/proc/self/task/{thread.native_id}").exists():
        time.sleep(0.0005)


def exit_now(code: int) -> NoReturn:
    """End with an exit code: at once where a thread still imports, which the interpreter would wait for."""
    if any(thread.name == NAME for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    raise Exit(code=code)
