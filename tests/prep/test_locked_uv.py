"""How the standard library fetches uv where there is no pip: from the places that pip's settings name."""

import hashlib
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from interview_prep.bootstrap import locked_uv, without_pip
from interview_prep.bootstrap.messages import UnpreparedError
from interview_prep.locks.read_locks import LOCKS
from tests.prep.checkout import Checkout, only_error_line
from tests.prep.index import Index

UNREACHABLE = "http://127.0.0.1:9/simple"
VERSION, HASHES = locked_uv.read_uv_lock(LOCKS / "installer.txt")
Options = Callable[[Index, Path], dict[str, str]]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(lambda index, _: {"index-url": index.url}, id="index"),
        pytest.param(lambda index, _: {"index-url": f"{index.url}/"}, id="index with a slash"),
        pytest.param(
            lambda index, _: {"index-url": f"{index.root}/no", "extra-index-url": index.url}, id="extra index"
        ),
        pytest.param(lambda index, _: {"index-url": UNREACHABLE, "extra-index-url": index.url}, id="one out of reach"),
        pytest.param(lambda _, wheels: {"find-links": f"/nowhere {wheels}", "no-index": "1"}, id="folder"),
        pytest.param(lambda _, wheels: {"find-links": wheels.as_uri()}, id="address of a folder"),
        pytest.param(lambda index, _: {"find-links": f"{index.url}/uv/"}, id="page of links"),
        pytest.param(lambda index, _: {"index-url": "http://no.invalid/simple", "proxy": index.root}, id="proxy"),
        pytest.param(lambda index, _: {"index-url": index.url.replace("//", "//me:secret@")}, id="password"),
    ],
)
def test_uv_is_found_where_pip_would_find_it(index: Index, wheels: Path, tmp_path: Path, options: Options) -> None:
    """The very bytes of the lock."""
    wheel = without_pip.fetch_without_pip(VERSION, tmp_path, options(index, wheels))
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() in HASHES


def test_an_index_out_of_reach_is_named_without_its_password(tmp_path: Path) -> None:
    """The line may be pasted into a chat."""
    index = UNREACHABLE.replace("//", "//me:secret@")
    with pytest.raises(UnpreparedError, match=r"http://127\.0\.0\.1:9/simple/uv/: .*refused") as error:
        without_pip.fetch_without_pip(VERSION, tmp_path, {"index-url": index})
    assert "secret" not in str(error.value)


def test_no_index_at_all_is_one_line(checkout: Checkout, bare_python: Path) -> None:
    """Without pip nobody knows an index that no setting names."""
    line = only_error_line(checkout.run(PATH=checkout.make_path_with_python(bare_python), PIP_INDEX_URL=""), 2)
    assert line.startswith("this Python has no pip, and no package index is set")
    assert "apt install python3-pip" in line


def test_a_uv_of_the_machine_brings_the_locked_one(checkout: Checkout, index: Index, bare_python: Path) -> None:
    """Ubuntu's python3 has no pip, and who has uv needs none: uv knows an index by itself, here by its own setting."""
    path = checkout.make_path_with_python(bare_python, ("uv", Path(sys.prefix, "bin", "uv")))
    done = checkout.run(PATH=path, PIP_INDEX_URL="", UV_DEFAULT_INDEX=index.url)
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    checkout.assert_whole()


def test_other_bytes_are_refused(checkout: Checkout, bare_python: Path) -> None:
    """As pip would; nothing of them stays."""
    lock = checkout.folder / "docker" / "locks" / "installer.txt"
    lock.write_text(re.sub(r"sha256:\w{8}", "sha256:00000000", lock.read_text()))
    line = only_error_line(checkout.run(PATH=checkout.make_path_with_python(bare_python)), 2)
    assert line.startswith("the hash of the fetched uv wheel is not in the lock")
    assert list((checkout.folder / ".bootstrap").glob("uv-*")) == []
    assert not checkout.venv.exists()
