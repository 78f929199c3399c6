"""A small checkout with the tasks, a lock of the test's own and an empty HF_HOME, in which `invoke models` is run."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.hub import Hub
from tests.support.invoke import INVOKE

Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Checkout:
    """A folder with the tasks and a lock, a Hub, and an empty HF_HOME."""

    folder: Path
    hub: Hub

    @property
    def lock(self) -> Path:
        return self.folder / "docker" / "locks" / "models.lock"

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """Start `invoke models` in a process group of its own."""
        own = {"HF_ENDPOINT": self.hub.endpoint, "HF_HOME": str(self.folder / "home"), "COLUMNS": "120"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        return subprocess.Popen(
            [INVOKE, "models", *arguments],
            cwd=self.folder,
            env={**kept, **own, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def models(self, *arguments: str, **environment: str) -> Done:
        """Run `invoke models` to its end."""
        process = self.start(*arguments, **environment)
        output, errors = process.communicate(timeout=120)
        return Done(process.args, process.returncode, output, errors)
