"""An end in the middle, and several at once: whatever happens to one ./prep, the next one ends right."""

import os
import pty
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.prep import checkout as small
from tests.prep.checkout import Checkout, Done, Process, finish_process, only_error_line
from tests.prep.index import Index
from tests.support.waiting import wait_until

PACKAGES = Path("lib", "python3.11", "site-packages")
# Where a preparation is when it is ended: a file that was just made in .venv, or a wheel that is being fetched.
MAKING_VENV, MAKING_PIP = Path("pyvenv.cfg"), PACKAGES / "pip"
UNPACKING_UV, LINKING = PACKAGES / "uv", PACKAGES / "six.py"
FETCHING_UV, FETCHING_PACKAGES = "uv-", "invoke-"
INTERRUPTED = "interrupted; run the same command again to continue from what is already downloaded."


def end_at(moment: Path | str, checkout: Checkout, index: Index, end: Callable[[Process], None]) -> Done:
    """Start ./prep with an empty cache, `end` it at that moment, and return what it printed."""
    cache = str(checkout.folder / "cache")
    with index.holding(moment if isinstance(moment, str) else "nothing"):
        process = checkout.start("hello", UV_CACHE_DIR=cache)
        if isinstance(moment, str):
            index.wait_for_request(moment)
        else:
            wait_until((checkout.venv / moment).exists, f".venv/{moment}")
        end(process)
        return finish_process(process)


def kill_all(process: Process) -> None:
    """Kill prep and everything it has started, as `kill -9` of a job or a power cut does."""
    os.killpg(process.pid, signal.SIGKILL)


def interrupt(process: Process) -> None:
    """Ctrl-C: a terminal sends it to the whole group."""
    os.killpg(process.pid, signal.SIGINT)


@pytest.mark.parametrize(
    "moment", [MAKING_VENV, MAKING_PIP, FETCHING_UV, UNPACKING_UV, FETCHING_PACKAGES, LINKING], ids=str
)
def test_venv_killed_while_it_was_made_is_repaired(checkout: Checkout, index: Index, moment: Path | str) -> None:
    """Half an environment never counts as ready, and the next start completes it."""
    assert end_at(moment, checkout, index, kill_all).returncode == -signal.SIGKILL
    assert not checkout.is_ready
    done = checkout.run()
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    checkout.assert_whole()


def test_venv_killed_while_it_was_synced_is_repaired(checkout: Checkout, index: Index) -> None:
    """The file that says what .venv was made from is removed before it is changed."""
    checkout.write_lock("cpu.txt", ["invoke", "setuptools"])
    checkout.run()
    checkout.write_lock("cpu.txt", ["invoke", "setuptools", "six"])
    assert end_at("six-", checkout, index, kill_all).returncode == -signal.SIGKILL
    assert not checkout.is_ready
    assert checkout.run().stdout == "hello\n"
    checkout.assert_whole()


@pytest.mark.parametrize("moment", [FETCHING_UV, FETCHING_PACKAGES])
def test_an_installer_that_outlives_its_prep_is_waited_for(checkout: Checkout, index: Index, moment: str) -> None:
    """Two installers never write the same environment, even when prep alone was killed."""
    with index.holding(moment):
        orphaned = checkout.start("hello", UV_CACHE_DIR=str(checkout.folder / "cache"))
        index.wait_for_request(moment)
        orphaned.kill()
        orphaned.wait()
        second = checkout.start("hello")
        assert second.stderr is not None
        assert second.stderr.readline() == "prep: another ./prep is making .venv; waiting for it.\n"
        assert second.poll() is None
    done = finish_process(second)
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    checkout.assert_whole()
    finish_process(orphaned)


@pytest.mark.parametrize("number", [2, 4])
def test_several_at_once_make_one_environment(checkout: Checkout, number: int) -> None:
    """One installs, the others wait for it, and each runs its task."""
    done = [finish_process(process) for process in [checkout.start("hello") for _ in range(number)]]
    assert [(each.returncode, each.stdout) for each in done] == [(0, "hello\n")] * number
    assert (
        sum("making .venv" in line for each in done for line in each.stderr.splitlines() if "another" not in line) == 1
    )
    checkout.assert_whole()


def test_several_at_once_sync_a_changed_lock_once(checkout: Checkout) -> None:
    """As on a machine where two terminals are open during a `git pull`."""
    checkout.run()
    checkout.write_lock("cpu.txt", small.FEWER)
    done = [finish_process(process) for process in [checkout.start("hello") for _ in range(3)]]
    assert [(each.returncode, each.stdout) for each in done] == [(0, "hello\n")] * 3
    assert sum("the lock has changed" in each.stderr for each in done) == 1
    checkout.assert_whole()


@pytest.mark.parametrize("moment", [MAKING_VENV, FETCHING_UV, FETCHING_PACKAGES], ids=str)
def test_interrupt_ends_with_one_line_and_loses_nothing(checkout: Checkout, index: Index, moment: Path | str) -> None:
    """Ctrl-C exits with 130, and the next start continues."""
    assert only_error_line(end_at(moment, checkout, index, interrupt), 130) == INTERRUPTED
    assert not checkout.is_ready
    assert checkout.run().stdout == "hello\n"
    checkout.assert_whole()


def test_interrupt_while_waiting_ends_only_the_waiting_prep(checkout: Checkout, index: Index) -> None:
    """The other one continues to install."""
    with index.holding(FETCHING_PACKAGES):
        first = checkout.start("hello", UV_CACHE_DIR=str(checkout.folder / "cache"))
        index.wait_for_request(FETCHING_PACKAGES)
        second = checkout.start("hello")
        assert second.stderr is not None
        second.stderr.readline()
        interrupt(second)
        assert only_error_line(finish_process(second), 130) == INTERRUPTED
    done = finish_process(first)
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr


def run_on_terminal(checkout: Checkout, end: Callable[[Process], None], **changes: str) -> tuple[int, list[str]]:
    """Run ./prep with a terminal as standard error until `end` has returned; its exit code and what it showed."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [checkout.folder / "prep", "hello"],
        env={**checkout.environment, **changes},
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
        start_new_session=True,
    )
    os.close(terminal)
    end(process)
    finish_process(process)
    shown = b""
    try:
        while some := os.read(controller, 65536):
            shown += some
    except OSError:  # how Linux says that the other end of a terminal is closed
        pass
    os.close(controller)
    return process.returncode, shown.decode().splitlines()


def test_interrupt_on_a_terminal_shows_no_traceback(checkout: Checkout, index: Index) -> None:
    """uv's progress is on the screen, and the last line is prep's own."""

    def end(process: Process) -> None:
        index.wait_for_request(FETCHING_PACKAGES)
        interrupt(process)

    with index.holding(FETCHING_PACKAGES):
        code, shown = run_on_terminal(checkout, end, UV_CACHE_DIR=str(checkout.folder / "cache"))
    assert (code, shown[-1]) == (130, f"prep: {INTERRUPTED}")
    assert not any("Traceback" in line for line in shown)


def test_terminal_shows_the_progress_of_uv(checkout: Checkout) -> None:
    """The full environment takes a minute or two, so something should move."""
    code, shown = run_on_terminal(checkout, lambda _: None)
    assert code == 0
    assert any("Installed" in line for line in shown)
