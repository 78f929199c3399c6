"""./prep under whatever Python a machine has, or none: the environment is always CPython 3.11."""

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from interview_prep.paths import ROOT
from tests.prep import checkout as small
from tests.prep.checkout import FETCHES, MAKES, MODULES, Checkout, finish_process, only_error_line
from tests.prep.index import Index
from tests.prep.mirror import Mirror

FETCHES_BY_UV = "prep: no Python 3.9 or newer here; uv fetches CPython 3.11 into .bootstrap."
NEITHER = "neither Python 3.9 or newer nor uv is on PATH; install one of them"
UNREACHABLE = "http://127.0.0.1:9"
UV = Path(sys.executable).with_name("uv")


def find_other_pythons() -> dict[tuple[int, int], Path]:
    """Every Python 3 but 3.11 that is on PATH or kept by pyenv, by its version."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    folders = [Path(folder) for folder in os.get_exec_path()] + sorted(kept.glob("3.*/bin"))
    asked = "import sys; print('%d %d %s' % (sys.version_info[0], sys.version_info[1], sys.executable))"
    found: dict[tuple[int, int], Path] = {}
    for python in [
        folder / name for folder in folders for name in ("python3", *(f"python3.{n}" for n in range(6, 20)))
    ]:
        if os.access(python, os.X_OK):
            answer = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False)
            if answer.returncode == 0 and answer.stdout[:5] != "3 11 ":
                major, minor, path = answer.stdout.strip().split(" ", 2)
                found.setdefault((int(major), int(minor)), Path(path).resolve())
    return found


OTHERS = find_other_pythons()
NONE = [pytest.param(None, marks=pytest.mark.skip(reason="no such Python on PATH or in pyenv's versions"))]
NEWER = [
    pytest.param(path, id=".".join(map(str, key))) for key, path in sorted(OTHERS.items()) if key >= (3, 9)
] or NONE
OLDER = [pytest.param(path, id=".".join(map(str, key))) for key, path in sorted(OTHERS.items()) if key < (3, 9)] or NONE


def make_shim(path: Path, does: str = "exit 127") -> Path:
    """Write what a version manager puts on PATH for a version that is not active."""
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return path


def list_fetched_pythons(checkout: Checkout) -> list[str]:
    """Return the Pythons that lie in the checkout, whole."""
    return sorted(path.name for path in checkout.folder.glob(".bootstrap/python/cpython*"))


@pytest.mark.parametrize("python", NEWER)
def test_another_python_fetches_311(checkout: Checkout, mirror: Mirror, python: Path) -> None:
    """One line says so; the environment is the same as everywhere, and later starts say nothing."""
    path = checkout.make_path_with_python(python)
    done = checkout.run(PATH=path, UV_PYTHON_DOWNLOADS_JSON_URL=mirror.downloads)
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    assert done.stderr.splitlines() == [MAKES, FETCHES]
    assert (checkout.folder / ".bootstrap" / "python") in (checkout.venv / "bin" / "python").resolve().parents
    checkout.assert_whole()
    again = checkout.run(PATH=path, PIP_INDEX_URL=UNREACHABLE)
    assert (again.stdout, again.stderr) == ("hello\n", "")


@pytest.mark.parametrize("python", NEWER[-1:])
def test_a_changed_lock_needs_no_second_python(checkout: Checkout, mirror: Mirror, python: Path) -> None:
    """Nor does an environment that was removed: what was fetched stays beside it."""
    path = checkout.make_path_with_python(python)
    checkout.run(PATH=path, UV_PYTHON_DOWNLOADS_JSON_URL=mirror.downloads)
    checkout.write_lock("cpu.txt", small.FEWER)
    assert checkout.run(PATH=path).stdout == "hello\n"
    shutil.rmtree(checkout.venv)
    done = checkout.run(PATH=path)
    assert (done.stdout, done.stderr) == ("hello\n", f"{MAKES}\n")
    checkout.assert_whole()


@pytest.mark.parametrize("python", NEWER)
def test_another_python_uses_the_311_on_path(prepared: Checkout, python: Path) -> None:
    """Where python3 is another one, nothing is fetched while python3.11 is on PATH."""
    checkout = prepared.copy()
    done = checkout.run(PATH=checkout.make_path_with_python(python, ("python3.11", small.base_python())))
    assert (done.stdout, done.stderr) == ("hello\n", f"{MAKES}\n")
    assert (checkout.venv / "bin" / "python").resolve() == small.base_python()


@pytest.mark.parametrize("python", NEWER[-1:])
@pytest.mark.parametrize("promise", ["exit 127", 'exec python3 "$@"'])
def test_python311_that_is_none_is_skipped(prepared: Checkout, tmp_path: Path, python: Path, promise: str) -> None:
    """It may be a version manager's shim for a version that is not active, or a name for another version."""
    checkout = prepared.copy()
    first = checkout.make_path_with_python(python, ("python3.11", make_shim(tmp_path / "shim", promise)))
    second = checkout.make_path_with_python(python, ("python3.11", small.base_python()))
    done = checkout.run(PATH=f"{first}{os.pathsep}{second}")
    assert (done.stdout, done.stderr) == ("hello\n", f"{MAKES}\n")


@pytest.mark.parametrize("python", NEWER[-1:])
def test_shims_that_lead_nowhere_are_skipped(checkout: Checkout, mirror: Mirror, tmp_path: Path, python: Path) -> None:
    """Dead shims come first under every name, and the only Python comes after them."""
    dead = make_shim(tmp_path / "shim")
    names = ("python3", "python", "python3.11", "python3.12", "python3.13", "python3.9")
    path = (
        f"{checkout.make_path(*((name, dead) for name in names))}{os.pathsep}{checkout.make_path_with_python(python)}"
    )
    done = checkout.run(PATH=path, UV_PYTHON_DOWNLOADS_JSON_URL=mirror.downloads)
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    assert FETCHES in done.stderr


def test_a_python_without_pip_and_venv_is_enough(checkout: Checkout, index: Index, bare_python: Path) -> None:
    """On Debian and Ubuntu the standard library fetches uv, and uv makes the environment."""
    index.requests.clear()
    done = checkout.run(PATH=checkout.make_path_with_python(bare_python))
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    assert next(program for program, address in index.requests if Path(address).name.startswith("uv-")) == "prep"
    checkout.assert_whole()


@pytest.mark.parametrize("python", NEWER[-1:])
def test_a_python_that_only_bundles_pip_is_enough(
    checkout: Checkout, index: Index, mirror: Mirror, tmp_path: Path, python: Path
) -> None:
    """On Fedora, for example, the pip that ensurepip would install fetches uv, and is not installed itself."""
    subprocess.run([python, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    path = f"{tmp_path / 'bare' / 'bin'}{os.pathsep}{checkout.make_path()}"  # through a link it would be its base
    index.requests.clear()
    done = checkout.run(PATH=path, UV_PYTHON_DOWNLOADS_JSON_URL=mirror.downloads)
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    assert next(program for program, address in index.requests if Path(address).name.startswith("uv-")) == "pip"
    assert list((tmp_path / "bare").glob("lib/*/site-packages/*")) == []


def test_uv_alone_is_enough(checkout: Checkout, mirror: Mirror) -> None:
    """No python3 at all: uv fetches one, which starts prep."""
    done = checkout.run(PATH=checkout.make_path(("uv", UV)), UV_PYTHON_DOWNLOADS_JSON_URL=mirror.downloads)
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    assert done.stderr.splitlines() == [FETCHES_BY_UV, MAKES]
    checkout.assert_whole()


def test_neither_python_nor_uv_is_one_line(checkout: Checkout) -> None:
    """The line says what to install, and that Docker needs neither."""
    line = only_error_line(checkout.run(PATH=checkout.make_path()), 2)
    assert line.startswith(NEITHER)
    assert line.endswith("or use `docker compose up`.")


@pytest.mark.parametrize("python", OLDER)
@pytest.mark.parametrize("directly", [True, False])
def test_a_python_before_39_is_one_line(checkout: Checkout, python: Path, directly: bool) -> None:
    """However it is started: found on PATH, or as `python3 prep`."""
    path = checkout.make_path_with_python(python)
    started = Checkout(checkout.folder, checkout.environment, (str(python),) if directly else ())
    assert only_error_line(started.run(PATH=path), 2).startswith(NEITHER)
    assert not checkout.venv.exists()


@pytest.mark.parametrize("python", OLDER[:1])
def test_a_newer_python_beside_an_old_one_is_found(prepared: Checkout, python: Path) -> None:
    """A server's python3 may be ten years old."""
    path = prepared.make_path_with_python(python, ("python3.11", small.base_python()))
    assert prepared.run(PATH=path).stdout == "hello\n"


def test_prep_parses_on_old_pythons() -> None:
    """The files are parsed with the grammar of the oldest Pythons that read them."""
    ast.parse((ROOT / "prep").read_text(), feature_version=(3, 6))
    kit = ROOT / "interview_prep"
    for path in [*(kit / "bootstrap").glob("*.py"), *(kit / name for name in MODULES)]:
        ast.parse(path.read_text(), feature_version=(3, 9))


@pytest.fixture
def other_bytes(site: Path, mirror: Mirror, index: Index) -> str:
    """A mirror that serves something else under the name of the archive whose hash uv has built in."""
    listed = [str(UV), "python", "list", "--only-downloads", "--output-format", "json", "cpython-3.11"]
    environment = {"PATH": os.environ["PATH"], "UV_NO_CONFIG": "1"}
    [download, *_] = json.loads(subprocess.run(listed, capture_output=True, check=True, env=environment).stdout)
    release, name = download["url"].replace("%2B", "+").split("/")[-2:]
    place = site / "other-bytes" / release / name
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(mirror.archive, place)
    return f"{index.root}/other-bytes"


@pytest.mark.parametrize("python", [*NEWER[-1:], pytest.param(None, id="uv")])
def test_a_python_with_other_bytes_is_refused(checkout: Checkout, other_bytes: str, python: Path | None) -> None:
    """uv knows the hash; whoever fetches, nothing of it stays."""
    path = checkout.make_path_with_python(python) if python else checkout.make_path(("uv", UV))
    done = checkout.run(PATH=path, UV_PYTHON_INSTALL_MIRROR=other_bytes)
    line = done.stderr.splitlines()[-1]
    assert (done.returncode, done.stdout) == (2, "")
    assert "Hash mismatch" in line
    assert "mirror" in line
    assert "docker compose up" in line
    assert list_fetched_pythons(checkout) == []
    assert not checkout.is_ready


@pytest.mark.parametrize("python", [*NEWER[-1:], pytest.param(None, id="uv")])
def test_unreachable_mirror_is_one_line(checkout: Checkout, python: Path | None) -> None:
    """It names the address, the variable for another one, and the door that needs no Python."""
    path = checkout.make_path_with_python(python) if python else checkout.make_path(("uv", UV))
    done = checkout.run(PATH=path, UV_PYTHON_INSTALL_MIRROR=UNREACHABLE, UV_HTTP_RETRIES="0")
    line = done.stderr.splitlines()[-1]
    assert (done.returncode, done.stdout) == (2, "")
    assert [word for word in (UNREACHABLE, "UV_PYTHON_INSTALL_MIRROR", "docker compose up") if word not in line] == []
    assert list_fetched_pythons(checkout) == []


@pytest.mark.parametrize("python", NEWER[-1:])
@pytest.mark.parametrize("alone", [True, False])
def test_a_start_killed_while_it_fetched_python_is_repaired(
    checkout: Checkout, index: Index, mirror: Mirror, python: Path, alone: bool
) -> None:
    """Also when uv itself outlives prep and goes on."""
    path = checkout.make_path_with_python(python)
    with index.holding("cpython-"):
        process = checkout.start("hello", PATH=path, UV_PYTHON_DOWNLOADS_JSON_URL=mirror.downloads)
        index.wait_for_request("cpython-")
        process.kill() if alone else os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert not checkout.is_ready
        if not alone:
            assert list_fetched_pythons(checkout) == []
    done = checkout.run(PATH=path, UV_PYTHON_DOWNLOADS_JSON_URL=mirror.downloads)
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    checkout.assert_whole()
    finish_process(process)


def test_a_start_killed_while_it_fetched_uv_alone_is_repaired(
    checkout: Checkout, index: Index, bare_python: Path
) -> None:
    """Where the standard library does what pip does elsewhere."""
    path = checkout.make_path_with_python(bare_python)
    with index.holding("uv-"):
        process = checkout.start("hello", PATH=path)
        index.wait_for_request("uv-")
        os.killpg(process.pid, signal.SIGKILL)
    finish_process(process)
    assert list((checkout.folder / ".bootstrap").glob("uv-*")) == []
    done = checkout.run(PATH=path)
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    checkout.assert_whole()
