"""What ./prep cannot fix itself: one line that says what to do, exit 2, and no .venv that counts as made."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.prep import checkout as small
from tests.prep.checkout import Checkout, finish_process, only_error_line
from tests.prep.index import Index

UNREACHABLE = "http://127.0.0.1:9/simple"
LOCKS = ("installer.txt", "cpu.txt")


def test_a_wrong_hash_is_refused(checkout: Checkout) -> None:
    """What the index serves is not what the lock names, even though its right version is in uv's cache."""
    lock = checkout.folder / "docker" / "locks" / "cpu.txt"
    lock.write_text(re.sub(r"sha256:\w{8}", "sha256:00000000", lock.read_text()))
    line = only_error_line(checkout.run(), 2)
    assert re.search(r"`\w+==[\d.]+`: Hash mismatch for", line)
    assert line.endswith("not the locked file; `git checkout docker/locks`, or use another index.")
    assert not checkout.is_ready


def test_a_wrong_hash_of_the_installer_is_refused(checkout: Checkout) -> None:
    """Even uv itself is checked before it runs."""
    lock = checkout.folder / "docker" / "locks" / "installer.txt"
    lock.write_text(re.sub(r"sha256:\w{8}", "sha256:00000000", lock.read_text()))
    assert only_error_line(checkout.run(), 2).endswith(
        "not the locked file; `git checkout docker/locks`, or use another index."
    )
    assert not checkout.is_ready
    assert list((checkout.folder / ".bootstrap").glob("uv-*")) == []


def test_a_package_without_a_hash_is_refused(checkout: Checkout) -> None:
    """A lock that was edited by hand does not weaken the check."""
    checkout.write_lock("cpu.txt", small.FEWER)
    lock = checkout.folder / "docker" / "locks" / "cpu.txt"
    lock.write_text(f"{lock.read_text()}iniconfig\n")
    assert "hash" in only_error_line(checkout.run(), 2)
    assert not checkout.is_ready


@pytest.mark.parametrize("lock", LOCKS)
def test_a_missing_lock_is_refused(checkout: Checkout, lock: str) -> None:
    """Nothing is installed from half of the locks."""
    path = checkout.folder / "docker" / "locks" / lock
    path.unlink()
    expected = f"{path}: No such file or directory; `git checkout docker/locks` restores it."
    assert only_error_line(checkout.run(), 2) == expected
    assert not checkout.venv.exists()


def test_no_network_is_refused(checkout: Checkout) -> None:
    """The line names what could not be had, and what to check."""
    line = only_error_line(checkout.run(PIP_INDEX_URL=UNREACHABLE, UV_CACHE_DIR=str(checkout.folder / "cache")), 2)
    assert "No matching distribution found" in line
    assert line.endswith(
        "check the network and pip's settings (index, proxy, certificate), and run the same command again."
    )
    assert not checkout.is_ready


def test_no_network_for_a_changed_lock_is_refused(checkout: Checkout) -> None:
    """Here it is uv that finds no index, as pip has nothing to fetch; with a network again all is well."""
    checkout.write_lock("cpu.txt", ["invoke", "setuptools"])
    checkout.run()
    checkout.write_lock("cpu.txt", small.CPU)
    line = only_error_line(checkout.run(PIP_INDEX_URL=UNREACHABLE, UV_CACHE_DIR=str(checkout.folder / "cache")), 2)
    assert re.search(r"Failed to fetch: \S*http://127\.0\.0\.1:9/simple/\S+: .*Connection refused", line)
    assert "check the network and pip's settings" in line
    assert not checkout.is_ready
    assert checkout.run().stdout == "hello\n"
    checkout.assert_whole()


@pytest.fixture
def weak(checkout: Checkout) -> Iterator[Checkout]:
    """The checkout, with a ./prep to which permissions apply: root's own power over them is dropped."""
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        if not (setpriv := shutil.which("setpriv")):
            pytest.skip("root is above permissions and there is no setpriv to change that")
        before = (setpriv, "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")
    yield Checkout(checkout.folder, checkout.environment, before)
    for folder in (checkout.folder, checkout.venv):
        if folder.exists():
            folder.chmod(0o755)


def test_a_folder_that_cannot_be_written_is_refused(weak: Checkout) -> None:
    """A checkout of somebody else's cannot be prepared."""
    weak.folder.chmod(0o555)
    expected = f"no permission to write in {weak.folder}; `git clone` it to a folder of your own."
    assert only_error_line(weak.run(), 2) == expected
    assert not weak.venv.exists()


def test_a_made_environment_is_enough_where_nothing_can_be_written(weak: Checkout) -> None:
    """What somebody else has prepared can be used."""
    weak.run()
    weak.folder.chmod(0o555)
    weak.venv.chmod(0o555)
    assert weak.run().stdout == "hello\n"


@pytest.mark.parametrize("is_made", [True, False])
def test_an_environment_that_cannot_be_changed_is_refused(weak: Checkout, is_made: bool) -> None:
    """As one that `sudo ./prep` has left behind, whole or half."""
    weak.run() if is_made else (weak.venv / "lib").mkdir(parents=True)
    weak.write_lock("cpu.txt", small.FEWER)
    weak.venv.chmod(0o555)
    line = only_error_line(weak.run(), 2)
    assert f"{weak.venv}/" in line
    assert "Permission denied" in line
    assert "remove .venv" in line


def test_a_lock_that_cannot_be_read_is_refused(weak: Checkout) -> None:
    """Said as it is: there, but not readable."""
    lock = weak.folder / "docker" / "locks" / "cpu.txt"
    lock.chmod(0o000)
    assert only_error_line(weak.run(), 2) == f"{lock}: Permission denied; `git checkout docker/locks` restores it."


def test_a_file_in_the_place_of_the_environment_is_refused(checkout: Checkout) -> None:
    """It is not prep's to delete."""
    checkout.venv.write_text("mine\n")
    line = only_error_line(checkout.run(), 2)
    assert "File exists at `.venv`" in line
    assert line.endswith("remove .venv and .bootstrap, or make them and the caches your own.")
    assert checkout.venv.read_text() == "mine\n"


@pytest.fixture
def disk(tmp_path: Path, folder: Path, index: Index, request: pytest.FixtureRequest) -> Iterator[Checkout]:
    """A checkout on a disk of its own, of as many megabytes as the test says."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={request.param}m", "tmpfs", str(place)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"root may not mount here: {mounted.stderr.strip()}")
    made = small.make_checkout(place, PIP_INDEX_URL=index.url, UV_CACHE_DIR=str(folder / "cache"), TMPDIR=str(tmp_path))
    yield made
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("disk", [1000], indirect=True)
def test_a_small_disk_is_refused_before_anything_is_written(disk: Checkout) -> None:
    """Better at once than after a gigabyte."""
    room = f"less than 3 GB free in {disk.folder}; make room on the disk and run the same command again."
    assert only_error_line(disk.run(), 2) == room
    assert not disk.venv.exists()


@pytest.mark.parametrize("disk", [4, 40], indirect=True)
def test_a_disk_that_fills_up_is_named(disk: Checkout) -> None:
    """While Python's venv or pip writes."""
    disk.venv.mkdir()
    assert only_error_line(disk.run(), 2).endswith("make room on the disk and run the same command again.")
    assert not disk.is_ready


@pytest.mark.parametrize("disk", [500], indirect=True)
def test_a_disk_that_fills_up_while_uv_installs_is_named(disk: Checkout, index: Index, tmp_path: Path) -> None:
    """The next start, with room again, makes it whole."""
    disk.venv.mkdir()
    disk.write_lock("cpu.txt", ["invoke", "setuptools"])
    disk.run()
    disk.write_lock("cpu.txt", small.CPU)
    filler = disk.folder / "filler"
    with index.holding("six-"):
        process = disk.start("hello", UV_CACHE_DIR=str(tmp_path / "cache"))
        index.wait_for_request("six-")
        fill_disk(filler)
    line = only_error_line(finish_process(process), 2)
    assert "No space left on device" in line
    assert line.endswith("make room on the disk and run the same command again.")
    assert not disk.is_ready
    filler.unlink()
    assert disk.run().stdout == "hello\n"
    disk.assert_whole()


def fill_disk(file: Path) -> None:
    """Write until the disk is full."""
    with file.open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(4096))
