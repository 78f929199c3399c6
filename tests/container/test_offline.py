"""The commands of the README in a container that has no network at all: the warm-ups, and every test."""

from tests.container.engine import CPU, LOCKED_DOWN, run


def test_the_whole_warm_up_runs_without_a_network() -> None:
    """Every sheet, script and test of the 90-minute plan, from the image alone; its table says that all were done."""
    done = run(CPU, "invoke", "warmup", "--minutes", "90", "--yes", seconds=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert sum(line.rstrip().endswith(" done") for line in done.stdout.splitlines()) == 10


def test_the_warm_up_runs_with_everything_locked_as_a_user_without_a_name() -> None:
    """The command that the README gives under "Running an image by hand"."""
    done = run(CPU, "invoke", "warmup", "--yes", options=(*LOCKED_DOWN, "--user", "12345"), seconds=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_every_test_passes_without_a_network() -> None:
    """What the image ships is what was tested."""
    done = run(CPU, "invoke", "test", seconds=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
