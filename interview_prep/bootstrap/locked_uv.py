"""Get the locked uv: one wheel with one program in it, which the lock names by hash.

If the running Python has or bundles pip, pip fetches the wheel, because it knows every way to sign in. Otherwise
(Debian's python3 comes without pip) the standard library does (without_pip.py), or, if pip's settings name no index,
another uv on PATH, which has an index of its own. Left out: what uv then does with the locks (prepare.py).
"""

import hashlib
import re
import shutil
import sys
import sysconfig
import zipfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from interview_prep.bootstrap import pip_settings
from interview_prep.bootstrap.messages import UnpreparedError
from interview_prep.bootstrap.steps import FIXES, run_step
from interview_prep.bootstrap.without_pip import fetch_without_pip

HASH_FIX = FIXES["hash mismatch|do not match the hashes"]
EXACT_OPTIONS = ("--no-deps", "--require-hashes", "--only-binary=:all:")


def fetch_uv(lock: Path, folder: Path, options: Mapping[str, str]) -> Path:
    """The path `folder`/uv-VERSION; the program is fetched if it is not there, and appears whole or not at all."""
    version, hashes = read_uv_lock(lock)
    uv = folder / f"uv-{version}"
    if not uv.exists():
        fetching = folder / "fetching"
        shutil.rmtree(fetching, ignore_errors=True)  # left by a start that was killed
        fetching.mkdir(parents=True)
        requirements = fetching / "uv.txt"
        requirements.write_text(" ".join([f"uv=={version}", *(f"--hash=sha256:{digest}" for digest in hashes)]))
        pip, other_uv = find_pip(), shutil.which("uv")
        if pip:
            program = unpack_uv(fetch_with_pip(pip, requirements, options), hashes)
        elif other_uv and not options.get("index-url"):
            program = install_with_uv(other_uv, requirements, options)
        else:
            program = unpack_uv(fetch_without_pip(version, fetching, options), hashes)
        program.chmod(0o755)
        program.replace(uv)
        shutil.rmtree(fetching)
    for other in folder.glob("uv-*"):
        if other != uv:
            other.unlink()
    return uv


def read_uv_lock(lock: Path) -> tuple[str, list[str]]:
    """The version of uv in the lock, and the sha256 of each of its files."""
    entry = re.search(r"^uv==([\w.]+)(.*(?:\n[^\w\n].*)*)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    if not entry:
        raise UnpreparedError(f"{lock} does not name uv; `git checkout docker/locks` restores it.")
    return entry[1], re.findall(r"sha256:([0-9a-f]{64})\b", entry[2])


def find_pip() -> list[str]:
    """The command for the running Python's pip, installed or as the wheel that ensurepip would install; [] for none."""
    if find_spec("pip"):
        return [sys.executable, "-Im", "pip"]
    shared = sysconfig.get_config_var("WHEEL_PKG_DIR")
    folders = [Path(sysconfig.get_path("stdlib"), "ensurepip", "_bundled"), *([Path(shared)] if shared else [])]
    wheels = [wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))]
    return [sys.executable, "-I", str(wheels[-1] / "pip")] if wheels else []


def fetch_with_pip(pip: Sequence[str], requirements: Path, options: Mapping[str, str]) -> Path:
    """Let pip download the wheel for this machine."""
    command = [*pip, "download", "-q", "--no-input", *EXACT_OPTIONS, "-r", requirements, "-d", requirements.parent]
    run_step(command, pip_settings.make_pip_environment(options), show=False)
    return next(requirements.parent.glob("*.whl"))


def install_with_uv(uv: str, requirements: Path, options: Mapping[str, str]) -> Path:
    """Let another uv install the locked uv in a folder."""
    target = requirements.with_name("target")
    command = [
        uv,
        "pip",
        "install",
        "-q",
        "--python",
        sys.executable,
        *EXACT_OPTIONS,
        "-r",
        requirements,
        "--target",
        target,
    ]
    run_step(command, {**pip_settings.make_uv_environment(options), "UV_NO_CONFIG": "1"}, show=False)
    return target / "bin" / "uv"


def unpack_uv(wheel: Path, hashes: list[str]) -> Path:
    """Take the program out of the wheel. Raises UnpreparedError if the wheel isn't a locked one."""
    if hashlib.sha256(wheel.read_bytes()).hexdigest() not in hashes:
        raise UnpreparedError(f"the hash of the fetched uv wheel is not in the lock: {HASH_FIX}.")
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        program = wheel.with_name("uv")
        program.write_bytes(archive.read(name))
    return program
