"""`invoke lock` with a real uv and an index in a folder: what narrows a machine's view narrows no lock.

The first and the last test start the task; the others call what it calls.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from interview_prep.locks import read_locks, resolve, torch_wheels, write_locks
from interview_prep.locks.read_locks import ENTRY, LockError
from interview_prep.paths import ROOT

pytestmark = pytest.mark.skipif(
    not Path(sys.executable).with_name("uv").exists(), reason="no uv beside this Python, as in the images"
)

PYPROJECT = """
[project]
name = "small"
version = "1"
requires-python = "==3.11.*"
dependencies = ["grid", "torch==2.0"]

[dependency-groups]
installer = ["plain"]
tools = ["plain"]

[tool.prep.torch-cpu]
version = "2.0+cpu"
requires = ["plain"]

[tool.prep.torch-cpu.linux]
"torch-2.0+cpu-cp311-cp311-manylinux_2_28_aarch64.whl" = "{hash}a"
"torch-2.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl" = "{hash}b"

[tool.prep.torch-cpu.darwin]
"torch-2.0-cp311-cp311-macosx_14_0_arm64.whl" = "{hash}c"
""".replace("{hash}", "0" * 63)

GRID = [f"cp311-cp311-{tag}" for tag in ("macosx_11_0_arm64", "manylinux_2_28_aarch64", "manylinux_2_28_x86_64")]
CUDA = "Requires-Dist: nvidia-blocks; sys_platform == 'linux'\nRequires-Dist: plain\n"


def make_wheel(folder: Path, name: str, requires: str = "", text: str = "") -> Path:
    """A wheel that holds `text` and next to nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    package, version, _ = name.split("-", 2)
    about = f"{package}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}.whl", "w") as wheel:
        wheel.writestr(f"{package}.py", text)
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n{requires}")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
        wheel.writestr(f"{about}/RECORD", "")
    return folder / f"{name}.whl"


def hash_wheel(wheel: Path) -> str:
    """The sha256 of a wheel."""
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def make_index(folder: Path) -> None:
    """An index in a folder: two versions of grid, and a torch that wants CUDA."""
    for version in ("1.0", "1.1"):
        for tag in (*GRID, "cp311-cp311-win_amd64", "cp312-cp312-manylinux_2_28_x86_64"):
            make_wheel(folder / "grid", f"grid-{version}-{tag}")
    make_wheel(folder / "plain", "plain-3.0-py3-none-any")
    make_wheel(folder / "nvidia-blocks", "nvidia_blocks-4.0-py3-none-manylinux_2_28_x86_64")
    for tag in GRID:
        make_wheel(folder / "torch", f"torch-2.0-{tag}", CUDA)
    for package in folder.iterdir():
        list_wheels(package)


def list_wheels(package: Path) -> None:
    """The page of one package in an index."""
    links = [f'<a href="{wheel.name}#sha256={hash_wheel(wheel)}">{wheel.name}</a>' for wheel in package.glob("*.whl")]
    (package / "index.html").write_text("<!DOCTYPE html>\n" + "\n".join(links))


@dataclass(frozen=True)
class Small:
    """A checkout with small locks, and the environment in which they are made."""

    folder: Path
    environment: Mapping[str, str]
    index: Path

    def start_task(self, *options: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run `invoke lock` in a process of its own, in a copy of the kit's code."""
        for room in ("bootstrap", "locks"):
            shutil.copytree(ROOT / "interview_prep" / room, self.folder / "interview_prep" / room)
        for path in (ROOT / "interview_prep").glob("*.py"):
            shutil.copy(path, self.folder / "interview_prep")
        shutil.copy(ROOT / "tasks.py", self.folder)
        command = [sys.executable, "-m", "invoke", "lock", *options]
        settings = {**self.environment, **environment}
        return subprocess.run(command, cwd=self.folder, env=settings, capture_output=True, text=True, check=False)

    def write_locks(
        self, environment: Mapping[str, str] | None = None, *, upgrade: bool = False, extra_indexes: bool = False
    ) -> list[Path]:
        """Do what `invoke lock` does, in this process with the environment of that one."""
        with pytest.MonkeyPatch.context() as patch:
            for name in list(os.environ):
                patch.delenv(name)
            for name, text in {**self.environment, **(environment or {})}.items():
                patch.setenv(name, text)
            patch.setattr(resolve, "ROOT", self.folder)
            patch.setattr(torch_wheels, "ROOT", self.folder)
            patch.setattr(read_locks, "LOCKS", self.folder / "docker" / "locks")
            settings = resolve.read_uv_environment(extra_indexes=extra_indexes)
            return write_locks.write_locks(upgrade=upgrade, environment=settings)

    def locked(self, name: str = "cpu.txt") -> dict[str, list[str]]:
        """Package and version to its hashes."""
        text = (self.folder / "docker" / "locks" / name).read_text()
        return {entry.partition(" \\")[0]: re.findall(r"sha256:(\w+)", entry) for entry in ENTRY.findall(text)}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index that every checkout uses."""
    folder = tmp_path_factory.mktemp("index")
    make_index(folder)
    return folder


@pytest.fixture
def small(tmp_path: Path, index: Path) -> Small:
    """A checkout whose pip is set to the index in a folder, and knows nothing of this machine's settings."""
    folder = tmp_path / "above" / "checkout"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "docker" / "locks").mkdir(parents=True)
    (folder / "docker" / "locks" / "cpu.txt").write_text(f"grid==1.0 \\\n    --hash=sha256:{'f' * 64}\n")
    home = tmp_path / "home"
    home.mkdir()
    plain = {
        "HOME": str(home),
        "PATH": os.defpath,
        "PIP_CONFIG_FILE": os.devnull,
        "UV_CACHE_DIR": str(tmp_path / "cache"),
    }
    return Small(folder, {**plain, "PIP_INDEX_URL": index.as_uri()}, index)


@pytest.fixture
def narrow(tmp_path: Path) -> Path:
    """A folder with a single wheel for each version of grid, in other bytes than the index's; it is an index too."""
    folder = tmp_path / "narrow" / "grid"
    for version in ("1.0", "1.1"):
        make_wheel(folder, f"grid-{version}-{GRID[2]}", text="# of another make")
    list_wheels(folder)
    return folder


def assert_complete(small: Small, version: str) -> None:
    """cpu.txt has the index's three wheels of grid at that version, and torch as pyproject.toml says."""
    assert small.locked() == {
        f"grid=={version}": [hash_wheel(small.index / "grid" / f"grid-{version}-{tag}.whl") for tag in GRID],
        "plain==3.0": [hash_wheel(small.index / "plain" / "plain-3.0-py3-none-any.whl")],
        'torch==2.0 ; sys_platform == "darwin"': ["0" * 63 + "c"],
        'torch==2.0+cpu ; sys_platform == "linux"': ["0" * 63 + "a", "0" * 63 + "b"],
    }


def test_lock_keeps_the_previous_versions_but_not_their_hashes(small: Small) -> None:
    """grid stays at 1.0 although 1.1 exists, with all wheels of the index; only the CUDA lock has what CUDA needs."""
    done = small.start_task()
    assert (done.returncode, done.stderr) == (0, "")
    changed = [f"changed: docker/locks/{name}" for name in ("cpu.txt", "cuda.txt", "installer.txt", "tools.txt")]
    assert done.stdout.splitlines() == [*changed, "`git diff docker/locks` shows the changes."]
    assert_complete(small, "1.0")
    assert small.locked("cuda.txt").keys() == {"grid==1.0", "nvidia-blocks==4.0", "plain==3.0", "torch==2.0"}


def test_upgrade_takes_the_newest_version(small: Small) -> None:
    """--upgrade takes the newest version that pyproject.toml allows, and the next lock keeps it."""
    small.write_locks(upgrade=True)
    assert_complete(small, "1.1")
    assert small.write_locks() == []  # and keeps it


def test_extra_places_of_pip_are_not_asked(small: Small, narrow: Path, tmp_path: Path) -> None:
    """Folders and further indexes do not count, whether variables or pip.conf name them."""
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nfind-links = {narrow}\n[install]\nextra-index-url = {narrow.parent.as_uri()}\n")
    variables = {"PIP_CONFIG_FILE": str(settings), "PIP_FIND_LINKS": str(narrow), "PIP_NO_INDEX": "1"}
    small.write_locks(variables)
    assert_complete(small, "1.0")


def test_extra_places_of_uv_are_not_asked(small: Small, narrow: Path, tmp_path: Path) -> None:
    """Neither its variables count nor a uv.toml of the user, of a folder above, or named by a variable."""
    home = Path(small.environment["HOME"])
    for folder in (home / ".config" / "uv", small.folder.parent, tmp_path / "named"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "uv.toml").write_text(f'no-index = true\nfind-links = ["{narrow}"]\n')
    (tmp_path / "constraints.txt").write_text("grid==1.1\n")
    variables = {
        "UV_FIND_LINKS": str(narrow),
        "UV_INDEX": narrow.parent.as_uri(),
        "UV_EXTRA_INDEX_URL": narrow.parent.as_uri(),
        "UV_NO_INDEX": "1",
        "UV_CONSTRAINT": str(tmp_path / "constraints.txt"),
        "UV_CONFIG_FILE": str(tmp_path / "named" / "uv.toml"),
        "UV_EXCLUDE_NEWER": "2001-01-01",
    }
    small.write_locks(variables)
    assert_complete(small, "1.0")


def test_extra_indexes_are_asked_on_demand(small: Small, tmp_path: Path) -> None:
    """--extra-indexes is for packages that exist only in a company's own index."""
    wheel = make_wheel(tmp_path / "own", "grid-9.0-py3-none-any")
    small.write_locks({"PIP_FIND_LINKS": str(wheel.parent)}, upgrade=True, extra_indexes=True)
    assert small.locked()["grid==9.0"] == [hash_wheel(wheel)]


def test_unreadable_pip_conf_is_named(small: Small, tmp_path: Path) -> None:
    """The error is one line with the path of the file."""
    settings = tmp_path / "pip.conf"
    settings.write_text("find-links = /wheels\n")
    with pytest.raises(LockError, match=f"^No lock was made: pip's settings in {settings} cannot be read [^\n]*$"):
        small.write_locks({"PIP_CONFIG_FILE": str(settings)})


def test_unreachable_index_keeps_the_lock(small: Small) -> None:
    """The error is one line with uv's own words."""
    before = small.locked()
    with pytest.raises(
        LockError, match=r"^No lock was made for cpu.txt: [^\n]+\. Check the network and pyproject.toml\.$"
    ):
        small.write_locks({"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0"})
    assert small.locked() == before


def test_lock_with_missing_wheels_is_refused(small: Small, tmp_path: Path) -> None:
    """One line names the package and the platform, the exit code is 2, and the lock stays as it was."""
    before = small.locked()
    wheel = make_wheel(tmp_path / "own", f"grid-9.0-{GRID[2]}")
    done = small.start_task("--upgrade", "--extra-indexes", UV_FIND_LINKS=str(wheel.parent))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("No lock was made for cpu.txt: grid 9.0 has no wheel for Linux aarch64. Pin another")
    assert small.locked() == before
