"""How tests start the tasks: the invoke beside the Python that runs them, as a person's shell finds it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

INVOKE = str(Path(sys.executable).parent / "invoke")
Invoke = Callable[..., subprocess.CompletedProcess[str]]
