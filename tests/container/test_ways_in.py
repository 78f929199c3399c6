"""Every way into a container finds the same: bash, the kit's programs, and the owner of the checkout as the user."""

import json
from collections.abc import Iterator

import pytest

from tests.container.engine import CPU, LOCKED_DOWN, Checkout, checkout, command, run, succeed
from tests.container.lab import Lab

PATH = "/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PRINT = """import json, os, sys
print(json.dumps([os.getuid(), os.getgid(), sys.executable, os.environ["HF_HOME"], os.environ["HF_HUB_OFFLINE"]]))"""


@pytest.fixture(scope="module", params=[1000, 1001, 0], ids=lambda owner: f"owner={owner}")
def copy(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Checkout]:
    with checkout(tmp_path_factory.mktemp("ways"), request.param) as made:
        yield made


@pytest.fixture(scope="module")
def lab(copy: Checkout) -> Lab:
    return copy.up()


def as_prepared(uid: int) -> list[object]:
    """What PRINT prints for this user and group."""
    return [uid, uid, "/opt/venv/bin/python", "/opt/models", "1"]


def exec_in_lab(copy: Checkout, *words: str) -> str:
    """`docker compose exec lab ...`, as the README writes it; what it printed."""
    return copy.compose("exec", "--no-TTY", "lab", *words)


@pytest.mark.usefixtures("lab")
@pytest.mark.parametrize("shell", ["", "bash -c", "bash -lc", "sh -lc", "/bin/bash -lc"])
def test_exec_finds_the_prepared_python_and_runs_it_as_the_owner(copy: Checkout, shell: str) -> None:
    """`exec` starts as root, without the entrypoint; a login shell reads /etc/profile, which resets PATH."""
    words = (*shell.split(), f"python -c '{PRINT}'") if shell else ("python", "-c", PRINT)
    assert json.loads(exec_in_lab(copy, *words)) == as_prepared(copy.owner)


def test_run_with_a_login_shell_finds_the_same(copy: Checkout) -> None:
    """As an editor starts a terminal, and as many people are used to."""
    printed = copy.compose("run", "--rm", "--no-TTY", "lab", "bash", "-lc", f"python -c '{PRINT}'")
    assert json.loads(printed) == as_prepared(copy.owner)


@pytest.mark.usefixtures("lab")
def test_exec_leaves_nothing_of_root_s_in_the_checkout(copy: Checkout) -> None:
    """Today's answer is the owner's, and so is the history: `invoke check` afterwards can write to both."""
    assert "Causal and padding masks" in exec_in_lab(copy, "invoke", "drill", "causal_mask")
    exec_in_lab(copy, "touch", "work/mine")
    made = {path.name: path.stat().st_uid for path in (copy.folder / "work").iterdir()}
    assert {"causal_mask.py", "history.sqlite3", "mine"} <= made.keys()
    assert set(made.values()) == {copy.owner}
    answer = command(
        *("docker", "compose", "--project-directory", str(copy.folder), "exec", "--no-TTY", "lab"),
        *("invoke", "check", "causal_mask"),
        env=copy.environment(),
    )
    assert (answer.returncode, answer.stderr) == (1, ""), answer.stdout


@pytest.mark.usefixtures("lab")
def test_path_is_the_same_in_every_shell(copy: Checkout) -> None:
    """What one shell finds, each finds."""
    shells = [("bash", "-c"), ("bash", "-lc"), ("sh", "-c"), ("sh", "-lc")]
    assert {exec_in_lab(copy, *shell, "echo $PATH").strip() for shell in shells} == {PATH}
    user = ("docker", "exec", "--user", "12345", copy.container())
    assert {succeed(*user, *shell, "echo $PATH").strip() for shell in shells} == {PATH}


def test_lab_s_terminal_is_bash_with_the_kit_s_programs(copy: Checkout, lab: Lab) -> None:
    """Typed as a person types it: who one is, which shell, and the three commands of the README."""
    with lab.terminal() as terminal:
        terminal.press('echo "$SHELL $0 uid=$(id -u) $PWD"\n')
        assert terminal.until(r"(\S+) (\S+) uid=(\d+) (\S+)\n").groups() == (
            *("/bin/bash", "/bin/bash", str(copy.owner), "/workspace"),
        )
        terminal.press("echo $PATH; python -V; pytest --version\n")
        terminal.until(rf"\n{PATH}\nPython 3\.11\.\d+\npytest 9\.\d")
        terminal.press("invoke drills --topic attention\n")
        terminal.until(r"causal_mask")


def test_tab_completes_tasks_in_lab_s_terminal(lab: Lab) -> None:
    """`invoke doct`, Tab, is the doctor: half of a name runs nothing."""
    with lab.terminal() as terminal:
        terminal.press("invoke doct\t")
        terminal.until(r"invoke doctor ")
        terminal.press("--help\n")
        terminal.until(r"Check that this machine is ready")


@pytest.mark.usefixtures("lab")
def test_tab_completes_tasks_in_a_shell_of_exec(copy: Checkout) -> None:
    """`docker compose exec lab bash` starts no login shell, which reads other files."""
    assert "_complete_invoke" in exec_in_lab(copy, "bash", "-ic", "complete -p invoke")


@pytest.mark.usefixtures("lab")
@pytest.mark.parametrize("words", [("su", "prep", "-c"), ("su", "-", "prep", "-c")], ids=" ".join)
def test_su_keeps_the_environment(copy: Checkout, words: tuple[str, ...]) -> None:
    """The image's own user, for whoever asks for it; `su -` clears every variable."""
    assert json.loads(exec_in_lab(copy, *words, f"python -c '{PRINT}'")) == as_prepared(1000)


def test_exec_works_with_everything_locked() -> None:
    """A login shell of a UID without a name, read-only and without a network: the command that follows is found."""
    done = run(CPU, "bash", "-lc", "invoke --version; id -u", options=(*LOCKED_DOWN, "--user", "12345"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "Invoke 3.0.3\n12345\n", "")
