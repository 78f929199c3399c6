"""One index with the few wheels that the tests install, fetched once from where this machine's pip takes packages."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.prep.checkout")  # for failures that show what was found there

from tests.prep import checkout as small  # noqa: E402 - after the line above, which must come first
from tests.prep.checkout import Checkout  # noqa: E402 - as above
from tests.prep.index import Index  # noqa: E402 - as above
from tests.prep.mirror import Mirror, make_mirror, unpack_archive  # noqa: E402 - as above


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What the tests share; removed at the end, as environments are large."""
    made = tmp_path_factory.mktemp("prep")
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def wheels(folder: Path) -> Path:
    """The locked wheels of the small checkout, hashes checked, in one folder."""
    locks = small.make_checkout(folder / "for-wheels").folder / "docker" / "locks"
    required = [word for name in ("installer.txt", "cpu.txt") for word in ("-r", str(locks / name))]
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes", *required]
    subprocess.run([*command, "-d", str(folder / "wheels")], check=True)
    return folder / "wheels"


@pytest.fixture(scope="session")
def site(folder: Path, wheels: Path) -> Path:
    """The wheels as an index has them: simple/NAME/*.whl."""
    for wheel in wheels.iterdir():
        place = folder / "site" / "simple" / re.sub(r"[-_.]+", "-", wheel.name.partition("-")[0]).lower()
        place.mkdir(parents=True, exist_ok=True)
        (place / wheel.name).hardlink_to(wheel)
    return folder / "site"


@pytest.fixture(scope="session")
def index(site: Path) -> Iterator[Index]:
    """The index, over HTTP."""
    with Index(site).serving() as serving:
        yield serving


@pytest.fixture
def checkout(tmp_path: Path, folder: Path, index: Index) -> Iterator[Checkout]:
    """A fresh checkout that installs from the index."""
    cache = str(folder / "cache")
    yield small.make_checkout(tmp_path, PIP_INDEX_URL=index.url, UV_CACHE_DIR=cache)
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture(scope="session")
def prepared(folder: Path, index: Index) -> Checkout:
    """A checkout that is ready, for tests that change nothing in it."""
    made = small.make_checkout(folder / "prepared", PIP_INDEX_URL=index.url, UV_CACHE_DIR=str(folder / "cache"))
    done = made.run()
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="session")
def mirror(site: Path, index: Index) -> Mirror:
    """Where uv finds a Python 3.11 here."""
    return make_mirror(site / "python", f"{index.root}/python")


@pytest.fixture(scope="session")
def bare_python(folder: Path, mirror: Mirror) -> Path:
    """A Python 3.11 without pip, venv and ensurepip."""
    return unpack_archive(mirror.archive, folder / "bare")
