"""What surrounds the judge changes no verdict; and where it cannot judge, it says so and gives none."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from interview_prep import processes
from interview_prep.judge.client import NO_VERDICT
from interview_prep.paths import DRILLS, ROOT
from tests.support.drills import write_mistake
from tests.support.invoke import INVOKE

DIFFICULT_NAME = "a [b] $HOME 'c' ü:d"  # of a folder, as people have them


@pytest.fixture
def hostile_settings(tmp_path: Path) -> dict[str, str]:
    """Variables and files that people have for other purposes, each of which once changed a verdict or could."""
    foreign = tmp_path / "foreign"
    (foreign / "numpy").mkdir(parents=True)
    (foreign / "numpy" / "__init__.py").write_text("raise ImportError('a foreign numpy')\n")
    (foreign / "sitecustomize.py").write_text("print('a foreign sitecustomize')\n")
    (foreign / "answer.py").write_text("")
    return {
        "PYTEST_ADDOPTS": "--collect-only -k nothing",
        "PYTEST_PLUGINS": "no_such_plugin",
        "PYTEST_DEBUG": "1",
        "PYTHONPATH": str(foreign),
        "PYTHONSAFEPATH": "1",
        "PYTHONWARNINGS": "error",
        "PYTHONOPTIMIZE": "2",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "7",
        "PYTHONINSPECT": "1",
        "PYTHONNOUSERSITE": "1",
        "TORCH_LOGS": "nonsense",
        "TORCH_COMPILE_DEBUG": "1",
        "NPY_PROMOTION_STATE": "legacy",
        "MKL_VERBOSE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": "/nowhere",
        "OMP_NUM_THREADS": "4,2",
        "KMP_AFFINITY": "disabled,verbose",
        "TMPDIR": str(tmp_path / "gone"),
        "LC_ALL": "xx",
        "LANG": "C",
        "ANSWER": os.devnull,
        "PY_COLORS": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "",
        "PYTHONIOENCODING": "ascii",
    }


def run_check(root: Path, drill: str, mistake: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
    """`invoke check` in a checkout, in a process of its own, on a known mistake or the solution in work/ beside it."""
    work = root.parent / f"work {DIFFICULT_NAME}"
    work.mkdir(exist_ok=True)
    path = work / f"{Path(drill).name}.py"
    if mistake:
        write_mistake(DRILLS / drill, mistake, path)
    else:
        shutil.copyfile(DRILLS / drill / "solution.py", path)
    return subprocess.run(
        [INVOKE, "--search-root", str(root), "check", Path(drill).name],
        cwd=work, env={**os.environ, **settings, "PREP_WORK": str(work)},
        capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def read_attempts(root: Path) -> list[tuple[str, int]]:
    """The attempts in the history beside a checkout; none where there is no history yet."""
    file = root.parent / f"work {DIFFICULT_NAME}" / "history.sqlite3"
    if not file.exists():
        return []
    database = sqlite3.connect(file)
    rows: list[tuple[str, int]] = database.execute("SELECT drill, passed FROM event WHERE kind = 'attempt'").fetchall()
    database.close()
    return rows


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of this checkout in a folder with a difficult name, below a pytest.ini and a conftest.py of another."""
    root = tmp_path / DIFFICULT_NAME / "checkout"
    root.mkdir(parents=True)
    (root.parent / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\npython_files = nothing\n")
    (root.parent / "conftest.py").write_text("raise RuntimeError('a foreign conftest.py')\n")
    for name in ("tasks.py", "pyproject.toml", "conftest.py"):
        shutil.copyfile(ROOT / name, root / name)
    ignored = shutil.ignore_patterns("__pycache__", "small_models")
    shutil.copytree(ROOT / "interview_prep", root / "interview_prep", ignore=ignored)
    return root


def test_hostile_surroundings_change_no_verdict(checkout: Path, hostile_settings: dict[str, str]) -> None:
    """A right answer passes and a wrong one fails by its own mistake, whatever is set and wherever the checkout is."""
    right = run_check(checkout, "attention/causal_mask", **hostile_settings)
    assert (right.returncode, right.stderr) == (0, ""), right.stdout
    assert " complete  " in right.stdout
    wrong = run_check(checkout, "attention/causal_mask", "hides_itself", **hostile_settings)
    assert (wrong.returncode, wrong.stderr) == (1, "")
    assert " not yet  " in wrong.stdout
    assert "It may be this: Keep the diagonal" in " ".join(wrong.stdout.split())
    assert read_attempts(checkout) == [("causal_mask", 1), ("causal_mask", 0)]


def test_child_gets_what_it_is_given_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, hostile_settings: dict[str, str]
) -> None:
    """No list of harmful variables: one that nobody has thought of stays behind as well."""
    for name, text in {**hostile_settings, "SOMETHING_NEW": "1", "PIP_INDEX_URL": "x", "LD_LIBRARY_PATH": "y"}.items():
        monkeypatch.setenv(name, text)
    environment = processes.child_environment(ANSWER="42")
    allowed = {"PATH", "HOME", "USER", "LOGNAME", "LD_LIBRARY_PATH", "TMPDIR", "PYTHONUTF8", "ANSWER"}
    assert set(environment) <= allowed | {name for name in environment if name.startswith(("LD_", "DYLD_"))}
    assert environment["ANSWER"] == "42"
    assert Path(environment["TMPDIR"]).is_dir()
    assert "PIP_INDEX_URL" in processes.child_environment(*processes.TESTS)


def test_judge_that_cannot_start_is_one_line(checkout: Path) -> None:
    """Where its process ends in an ImportError: one line with that error, exit 2, nothing noted."""
    session = checkout / "interview_prep/judge/session.py"
    session.write_text(f"import nonsense_of_this_machine\n{session.read_text()}")
    run = run_check(checkout, "attention/causal_mask")
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1), run.stderr
    error = "ModuleNotFoundError: No module named 'nonsense_of_this_machine'"
    assert run.stderr == f"The judge ended before it had a verdict: {error}. {NO_VERDICT}\n"
    assert read_attempts(checkout) == []
