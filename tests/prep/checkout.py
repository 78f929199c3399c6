"""A small copy of the checkout in which a preparation takes seconds, and the real `prep` as a process in it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from interview_prep.locks.read_locks import ENTRY, LOCKS
from interview_prep.paths import ROOT

MODULES = ("errors.py", "files.py", "paths.py")  # what prep imports of the kit besides interview_prep/bootstrap/
CPU = ("invoke", "iniconfig", "six", "setuptools")  # setuptools: venv brings an old one, which uv only replaces
FEWER = ("invoke", "six", "setuptools")
MAKES = "prep: making .venv from the lock; later starts will find it ready."
FETCHES = "prep: no Python 3.11 here; uv is fetching CPython 3.11 (30 MB) into .bootstrap."
PROGRESS = ("prep: making .venv", "prep: the lock has changed", "prep: another ./prep", "prep: no Python 3.")
TIMEOUT = 180  # seconds; one preparation takes about 6

Process = subprocess.Popen[str]
Done = subprocess.CompletedProcess[str]

TASKS = '''
import json
import os
import sys

from invoke import Exit, task


@task
def hello(_):
    """Say that a task ran."""
    print("hello")


@task
def fail(_):
    """Fail."""
    raise Exit(code=7)


@task
def path(_):
    """Say where programs are looked for."""
    print(os.environ["PATH"])


@task
def surroundings(_):
    """Say what of other Pythons' settings is left."""
    variables = sorted(name for name in os.environ if name.startswith("PYTHON"))
    print(json.dumps([variables, sys.flags.optimize, sys.warnoptions, sys.path]))
'''

# Imports what it is given, and compares every installed file with the size and hash that its package recorded.
INSPECT = """
import base64, hashlib, importlib, importlib.metadata, json, sys
packages, broken = list(importlib.metadata.distributions()), []
for package in packages:
    for file in package.files or []:
        path = file.locate()
        if file.hash and not path.is_symlink():
            found = hashlib.new(file.hash.mode, path.read_bytes()).digest() if path.exists() else b""
            if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != file.hash.value:
                broken.append(str(file))
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps([{package.name: package.version for package in packages}, broken]))
"""


@dataclass(frozen=True)
class Checkout:
    """A folder with `prep` and what it needs, and the environment in which it is started."""

    folder: Path
    environment: Mapping[str, str]
    before: tuple[str, ...] = ()  # a program that starts prep

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    @property
    def is_ready(self) -> bool:
        """Whether .venv counts as made."""
        return (self.venv / "made-from").exists()

    def start(self, *arguments: str, program: Path | None = None, cwd: Path | None = None, **changes: str) -> Process:
        """Start ./prep (or a link to it) in a process group of its own; `changes` are made to the environment."""
        return subprocess.Popen(
            [*self.before, str(program or self.folder / "prep"), *arguments],
            cwd=cwd or self.folder,
            env={**self.environment, **changes},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, task: str = "hello", *, program: Path | None = None, cwd: Path | None = None, **changes: str) -> Done:
        """Run ./prep to its end."""
        return finish_process(self.start(task, program=program, cwd=cwd, **changes))

    def copy(self) -> "Checkout":
        """Return another checkout in the same surroundings, with no .venv yet."""
        folder = self.folder.with_name(f"copy-{len(list(self.folder.parent.glob('copy-*')))}")
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns(".venv", ".bootstrap", "bin-*"))
        return Checkout(folder, self.environment, self.before)

    def write_lock(self, name: str, packages: Iterable[str]) -> None:
        """Cut a few packages out of the real lock of that name, hashes and all."""
        kept = [entry for entry in ENTRY.findall((LOCKS / name).read_text()) if entry.split("==")[0] in packages]
        (self.folder / "docker" / "locks" / name).write_text("".join(kept))

    def read_locked(self) -> dict[str, str]:
        """Package to version, as its two locks say."""
        texts = [(self.folder / "docker" / "locks" / name).read_text() for name in ("installer.txt", "cpu.txt")]
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", "\n".join(texts), re.MULTILINE))

    def inspect_installed(self) -> dict[str, str]:
        """Package to version in .venv, after every package was imported and every file found whole."""
        names = sorted(self.read_locked(), key="setuptools".__ne__)  # it must come before what imports distutils
        modules = [name.replace("-", "_") for name in names]
        command = [str(self.venv / "bin" / "python"), "-I", "-c", INSPECT, *modules]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stderr
        versions, broken = json.loads(said.stdout)
        assert broken == []
        return {name.lower().replace("_", "-"): version for name, version in versions.items()}

    def assert_whole(self) -> None:
        """.venv holds the locked packages in the locked versions, nothing else, and counts as made."""
        assert self.inspect_installed() == self.read_locked()
        assert self.is_ready

    def make_path_with_python(self, python: Path, *more: tuple[str, Path]) -> str:
        """Make a folder with `python` as python3 and `more` names; return it as the whole PATH."""
        return self.make_path(("python3", python), *more)

    def make_path(self, *named: tuple[str, Path]) -> str:
        """Make a folder with these programs and the few that sh needs; return it as the whole PATH."""
        folder = self.folder / f"bin-{len(list(self.folder.glob('bin-*')))}"
        folder.mkdir()
        for name, target in (*named, *((tool, Path(shutil.which(tool) or tool)) for tool in ("readlink", "tr"))):
            (folder / name).symlink_to(target)
        return str(folder)


def make_checkout(folder: Path, **environment: str) -> Checkout:
    """A checkout in `folder`/checkout, whose processes know nothing of this machine's settings."""
    checkout = folder / "checkout"
    (checkout / "docker" / "locks").mkdir(parents=True)
    shutil.copy(ROOT / "prep", checkout)
    own = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "interview_prep" / "bootstrap", checkout / "interview_prep" / "bootstrap", ignore=own)
    for name in MODULES:
        shutil.copy(ROOT / "interview_prep" / name, checkout / "interview_prep")
    shutil.copy(LOCKS / "installer.txt", checkout / "docker" / "locks")
    (checkout / "tasks.py").write_text(TASKS)
    home = folder / "home"
    home.mkdir()
    # No settings files; a PATH without any other Python, so that which one runs is the test's choice.
    plain = {"HOME": str(home), "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", "LC_ALL": "C.UTF-8"}
    made = Checkout(checkout, {**plain, **environment})
    made.write_lock("cpu.txt", CPU)
    path = made.make_path_with_python(base_python())
    return Checkout(checkout, {"PATH": path, **made.environment})


def base_python() -> Path:
    """The Python 3.11 below the environment that the tests run in."""
    return Path(sys.executable).resolve()


def finish_process(process: Process) -> Done:
    """Wait for a process and return its output; if it takes too long, kill it and everything it started."""
    try:
        output, errors = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def only_error_line(done: Done, code: int) -> str:
    """The one line that ended a preparation with `code`, apart from the lines about progress."""
    lines = [line for line in done.stderr.splitlines() if not line.startswith(PROGRESS)]
    assert (done.returncode, done.stdout, len(lines)) == (code, "", 1), (done.returncode, done.stdout, done.stderr)
    assert lines[0].startswith("prep: ")
    return lines[0].removeprefix("prep: ")
