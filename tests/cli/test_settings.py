"""Settings as people write them: read in one place, and what means nothing is one line and exit 2 in every task."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from interview_prep import paths
from interview_prep.paths import ROOT, SettingError
from tests.support.invoke import run_task


@pytest.fixture(autouse=True)
def _forget_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine may have set the number of threads."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)


WRONG = [
    ({"OMP_NUM_THREADS": "auto"}, [], "OMP_NUM_THREADS=auto is not a number of threads. `unset OMP_NUM_THREADS`"),
    ({"OMP_NUM_THREADS": "0"}, [], "OMP_NUM_THREADS=0 is not a number of threads."),
    ({"OMP_NUM_THREADS": "-2"}, [], "OMP_NUM_THREADS=-2 is not a number of threads."),
    ({"OMP_NUM_THREADS": "4,"}, [], "OMP_NUM_THREADS=4, is not a number of threads."),
    ({"PREP_PORT": "99999"}, [], "PREP_PORT=99999 is not a port: 1 to 65535. `export PREP_PORT=8889`, or unset it."),
    ({"PREP_PORT": "lab"}, [], "PREP_PORT=lab is not a port"),
    ({"PREP_PORT": "²"}, [], "PREP_PORT=² is not a port"),
    ({}, ["--port", "70000"], "--port 70000 is not a port: 1 to 65535. `invoke lab --port 8889`."),
    ({}, ["--port", "0"], "--port 0 is not a port"),
    ({}, ["--port", "soon"], "--port soon is not a port"),
    ({"PREP_WORK": "~nobody-of-this-name/work"}, [], "PREP_WORK='~nobody-of-this-name/work' leads nowhere."),
    ({"PREP_WORK": "README.md"}, [], "PREP_WORK='README.md' is not a folder."),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "options", "message"), WRONG)
def test_setting_that_means_nothing_is_one_line_and_exit_2(
    settings: dict[str, str], options: list[str], message: str
) -> None:
    """The line names the setting and the next command; nothing is started."""
    result = run_task("lab", *options, **settings)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.stderr
    assert result.stderr.startswith(message)


@pytest.mark.parametrize("task", ["drills", "warmup", "test", "up"])
def test_every_task_validates_the_settings(task: str) -> None:
    """Also the tasks that do not need the setting: a mistake is found today, not on interview day."""
    result = run_task(task, PREP_PORT="99999")
    assert (result.returncode, result.stderr[:15]) == (2, "PREP_PORT=99999")


def test_help_needs_no_setting() -> None:
    """A wrong setting does not hide the list of tasks."""
    assert run_task("--list", PREP_PORT="99999", OMP_NUM_THREADS="auto").returncode == 0


@pytest.mark.parametrize(
    ("text", "threads"), [("", 0), ("4", 4), ("4,2", 4), (" 3 , 1 ", 3), ("1", 1)]
)  # fmt: skip
def test_threads(monkeypatch: pytest.MonkeyPatch, text: str, threads: int) -> None:
    """What OpenMP can read is taken as OpenMP takes it: the first number of a list."""
    monkeypatch.setenv("OMP_NUM_THREADS", text)
    assert paths.read_threads() == threads


def test_torch_agrees_on_the_threads() -> None:
    """Torch reads the variable itself, without a warning, as `read_threads` does."""
    program = "import torch; from interview_prep import paths; print(torch.get_num_threads(), paths.read_threads())"
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1,2"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.stdout, run.stderr) == ("1 1\n", "")


@pytest.mark.parametrize(("text", "port"), [("1", 1), ("65535", 65535), ("", 8888)])
def test_port(monkeypatch: pytest.MonkeyPatch, text: str, port: int) -> None:
    """The option comes before the variable, the variable before 8888."""
    monkeypatch.setenv("PREP_PORT", text)
    assert paths.read_port() == port
    assert paths.read_port("8889") == 8889


def test_relative_work_is_one_folder_from_everywhere(tmp_path: Path) -> None:
    """A relative PREP_WORK is below the checkout, whatever folder the command is typed in."""
    relative = os.path.relpath(tmp_path / "answers", ROOT)
    for cwd in (ROOT, tmp_path):
        run = subprocess.run(
            [sys.executable, "-c", "from interview_prep import paths; print(paths.read_work())"],
            cwd=cwd, env={**os.environ, "PYTHONPATH": str(ROOT), "PREP_WORK": relative},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert run.stdout.strip() == str(tmp_path / "answers")


def test_work_with_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """~ is expanded, as a .env file or an editor's settings do not do it; ~user too."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PREP_WORK", "~/answers/../kept")
    assert paths.read_work() == tmp_path / "kept"
    user = next(each for each in pwd.getpwall() if os.access(each.pw_dir, os.X_OK))  # this one may have no name
    monkeypatch.setenv("PREP_WORK", f"~{user.pw_name}/kept")
    assert paths.read_work() == (Path(user.pw_dir) / "kept").resolve()


def test_work_in_a_circle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Links that lead to each other are no folder."""
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    monkeypatch.setenv("PREP_WORK", str(tmp_path / "a"))
    with pytest.raises(SettingError, match="leads nowhere"):
        paths.read_work()


def test_plain_pytest_finds_the_same_work(tmp_path: Path) -> None:
    """An editor's test panel judges the answer in the folder that the kit writes to."""
    relative = os.path.relpath(tmp_path, ROOT)
    folder = paths.DRILLS / "attention" / "causal_mask"
    (tmp_path / "causal_mask.py").write_text((folder / "solution.py").read_text())
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(folder)],
        cwd=tmp_path, env={**os.environ, "PREP_WORK": relative}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout
    assert " passed in " in run.stdout


def test_settings_cost_nothing() -> None:
    """The settings module imports the standard library's small modules alone."""
    program = "import sys; before = set(sys.modules); import interview_prep.paths; print(*set(sys.modules) - before)"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )  # fmt: skip
    heavy = {"torch", "numpy", "rich", "invoke", "yaml", "pytest", "subprocess", "json"}
    assert not heavy & set(run.stdout.split())


def test_an_empty_number_of_threads_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """`OMP_NUM_THREADS=` would make OpenMP warn in every process that the kit starts."""
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    paths.validate_settings()
    assert "OMP_NUM_THREADS" not in os.environ
