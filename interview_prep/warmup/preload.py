"""Imports what the warm-up's next script needs, in a thread, while a sheet is read or another script runs.

Nothing may fork until that thread has ended, and nothing waits for it when the process ends. Left out: reporting what
can't be imported. The script imports it again and says so.
"""

import contextlib
import importlib
import threading
import time
from collections.abc import Sequence
from pathlib import Path

IMPORTS = {  # by a step's path; also what a first training step, model or pipeline would import again in each fork
    "pytorch/model_training_loop.py": ("torch._dynamo", "sklearn.datasets", "sklearn.model_selection"),
    "huggingface/pipelines_and_inference.py": (
        *("transformers.pipelines", "transformers.models.distilbert.modeling_distilbert"),
    ),
    "": ("pytest", "hypothesis", "sybil", "matplotlib.pyplot", "pandas", "sklearn.ensemble"),
}
THREAD_NAME = "imports of the warm-up"


def start_imports(path: str | None) -> threading.Thread:
    """Start a thread that imports what the step with this path needs. None is no step, and imports nothing."""
    names = () if path is None else IMPORTS.get(path, ())
    thread = threading.Thread(target=import_all, args=(names,), name=THREAD_NAME)
    thread.start()
    return thread


def import_all(names: Sequence[str]) -> None:
    with contextlib.suppress(BaseException):  # above all "can't register atexit after shutdown", after an interrupt
        for name in names:
            importlib.import_module(name)


def wait_for_end(thread: threading.Thread) -> None:
    """Wait until the thread has ended for the system, too: join() returns while it may still hold MKL's lock.

    A fork at that moment inherits the lock, which nothing in the child releases, and hangs at its first matrix product.
    """
    thread.join()
    while Path(f"/proc/self/task/{thread.native_id}").exists():
        time.sleep(0.0005)


def is_importing() -> bool:
    """Whether a thread is still importing. The interpreter would wait for it before it ends."""
    return any(thread.name == THREAD_NAME for thread in threading.enumerate())
