"""Compose in checkouts of UID 1000, 1001 and root: what Lab may do, whose its files are, and what a restart keeps."""

import time
from collections.abc import Iterator

import pytest

from tests.container.engine import Checkout, checkout, inspect
from tests.container.lab import Lab

ROOT_UID = 0
KILL_SETUID_SETGID = 0xE0
STATUS_OF_LAB = """
import pathlib
for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    if b"jupyterlab" in path.read_bytes().split(b"\\0"):
        print(path.with_name("status").read_text())
"""


@pytest.fixture(scope="module", params=[1000, 1001, ROOT_UID], ids=lambda owner: f"owner={owner}")
def copy(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Checkout]:
    with checkout(tmp_path_factory.mktemp("owner"), request.param) as made:
        yield made


@pytest.fixture
def lab(copy: Checkout) -> Lab:
    """Lab, started unless it runs."""
    return copy.up()


def test_a_file_made_in_lab_belongs_to_the_owner_of_the_checkout(copy: Checkout, lab: Lab) -> None:
    """The person must be able to edit and delete it on the host."""
    lab.write("work/made_in_lab.py", "answer = 42\n")
    made = (copy.folder / "work" / "made_in_lab.py").stat()
    assert (made.st_uid, made.st_gid) == (copy.owner, copy.owner)


@pytest.mark.usefixtures("lab")
def test_what_the_start_leaves_behind_belongs_to_the_owner_of_the_checkout(copy: Checkout) -> None:
    """Compose starts as root; a folder or token of root's in the checkout would be in the person's way."""
    found = {path: path.stat().st_uid for path in [copy.folder / "work", *(copy.folder / "work").rglob("*")]}
    assert found
    assert set(found.values()) == {copy.owner}


@pytest.mark.usefixtures("lab")
def test_compose_sets_the_limits_that_the_readme_names(copy: Checkout) -> None:
    """On the real container, not in the file: nobody has to remember an option."""
    limits = inspect(copy.container())["HostConfig"]
    assert limits["ReadonlyRootfs"] is True
    assert limits["CapDrop"] == ["ALL"]
    assert limits["SecurityOpt"] == ["no-new-privileges:true"]
    assert limits["Privileged"] is False
    assert limits["Init"] is True


@pytest.mark.usefixtures("lab")
def test_lab_runs_as_the_owner_without_capabilities(copy: Checkout) -> None:
    """What root needs to become the owner and to stop Lab is gone; for root's own checkout nothing else remains."""
    lines = copy.in_container("python", "-c", STATUS_OF_LAB).splitlines()
    status = dict(line.split(":", 1) for line in lines if ":" in line)
    assert status["Uid"].split() == [str(copy.owner)] * 4
    assert status["Gid"].split() == [str(copy.owner)] * 4
    assert int(status["NoNewPrivs"]) == 1
    allowed = KILL_SETUID_SETGID if copy.owner == ROOT_UID else 0
    assert int(status["CapEff"], 16) & ~allowed == 0


def test_a_second_up_leaves_the_running_lab_alone(copy: Checkout, lab: Lab) -> None:
    """Whoever types it twice must not lose a kernel."""
    before = copy.container()
    assert copy.up() == lab
    assert copy.container() == before


@pytest.mark.parametrize("again", [("down",), ("up", "--detach", "--force-recreate", "lab")], ids=["down", "upgrade"])
def test_a_new_container_keeps_work_and_token(copy: Checkout, lab: Lab, again: tuple[str, ...]) -> None:
    """`down && up`, and the new container that a new image brings: answers stay, an open browser tab goes on."""
    lab.write("work/answer.py", "".join(again))
    before = copy.container()
    copy.compose(*again)
    after = copy.up()
    assert copy.container() != before
    assert after == lab
    assert after.read("work/answer.py") == "".join(again)


@pytest.mark.usefixtures("lab")
def test_lab_ends_by_itself_when_it_is_stopped(copy: Checkout) -> None:
    """Within Docker's 10 seconds and by SIGTERM, so that Lab can end its kernels; 137 would say that it was killed."""
    start = time.monotonic()
    copy.compose("stop", "lab")
    assert time.monotonic() - start < 10
    assert inspect(copy.container())["State"]["ExitCode"] in (0, 143), copy.log()
