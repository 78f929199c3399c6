"""./prep on Debian 13 as it comes: python3 is 3.13, without pip, venv and ensurepip. A real one, in a container."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.prep import checkout as small
from tests.prep.checkout import FETCHES, MAKES
from tests.prep.index import Index
from tests.prep.mirror import Mirror, make_mirror

IMAGE = "prep-test:debian13"
SYSTEM = Path("/usr/lib/python3.11/os.py")


def run_docker(*words: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the engine's."""
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def image(folder: Path) -> str:
    """Debian 13 with python3, bootstrapped from this machine's own Debian mirror and kept for the next time."""
    if not shutil.which("docker") or run_docker("info").returncode != 0:
        pytest.skip("no Docker engine answers")
    if run_docker("image", "inspect", IMAGE).returncode != 0:
        if not shutil.which("mmdebstrap"):
            pytest.skip("there is no mmdebstrap to make a Debian 13 with")
        uris = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
        listed = subprocess.run(uris, capture_output=True, text=True, check=True).stdout
        mirror = re.findall(r"^\S+/debian/?$", listed, re.MULTILINE)[:1]
        root = str(folder / "debian13.tar")
        bootstrap = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=python3", "trixie", root, *mirror]
        made = subprocess.run(bootstrap, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            pytest.skip(f"mmdebstrap could not make a Debian 13: {made.stderr.strip().splitlines()[-1]}")
        assert run_docker("import", root, IMAGE).returncode == 0
    return IMAGE


@pytest.fixture(scope="module")
def portable(site: Path, index: Index) -> Mirror:
    """A Python 3.11 that runs on another Debian as well: Debian's own needs no library of its own."""
    if not SYSTEM.exists():
        pytest.skip("no Python 3.11 in /usr, which would run in another Debian as well")
    made = make_mirror(site / "debian", f"{index.root}/debian", Path("/usr"))
    return Mirror(made.archive, f"{index.root}/debian/downloads.json")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder that the container fills as root."""
    yield tmp_path
    shutil.rmtree(tmp_path)


def test_debian_13_as_it_comes_is_enough(image: str, portable: Mirror, index: Index, place: Path) -> None:
    """The standard library brings uv, uv brings CPython 3.11, and the task runs under it."""
    checkout = small.make_checkout(place)
    given = {"PIP_INDEX_URL": index.url, "UV_PYTHON_DOWNLOADS_JSON_URL": portable.downloads, "UV_LINK_MODE": "copy"}
    variables = [word for name, text in given.items() for word in ("--env", f"{name}={text}")]
    mounted = ["--network", "host", "--volume", f"{checkout.folder}:{checkout.folder}"]
    without = "import importlib.util as i; print([n for n in ('pip', 'ensurepip') if i.find_spec(n)])"
    index.requests.clear()
    script = f"python3 -c {without!r} && cd / && {checkout.folder}/prep hello && {checkout.folder}/prep hello"
    done = run_docker("run", "--rm", *mounted, *variables, image, "sh", "-c", script)
    assert (done.returncode, done.stdout.splitlines()) == (0, ["[]", "hello", "hello"]), done.stderr
    assert done.stderr.splitlines() == [MAKES, FETCHES]
    assert next(program for program, address in index.requests if Path(address).name.startswith("uv-")) == "prep"
    assert run_docker("run", "--rm", *mounted, image, f"{checkout.venv}/bin/python", "-V").stdout[:11] == "Python 3.11"
