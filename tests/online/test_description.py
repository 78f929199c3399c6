"""The description's own set-up, as written: a venv, seven packages, eight commands, from the root of a clone.

On Python 3.11 pip installs, with the CPU build of torch where pip can find one. On the newest other Python at hand uv
does, because the CUDA build, which is all that there is for it, takes pip minutes to unpack. Left out: macOS, Windows.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from interview_prep.bootstrap import pip_settings, prepare
from interview_prep.paths import ROOT
from tests.support.readme import PROMISED, README

MAKE, ACTIVATE, INSTALL = (  # by the description of the kit
    "python -m venv venv",
    "source venv/bin/activate",
    "pip install torch pandas numpy matplotlib scikit-learn transformers pytest",
)
UV = Path(sys.prefix, "bin", "uv")
PERSONAL = re.compile(r"(PYTHON|PYTEST|VIRTUAL_ENV|PREP_|HF_|TRANSFORMERS_|MPL|OMP_|HYPOTHESIS)")  # a stranger has none
TIMEOUT = 1800  # seconds; an installation takes one to two minutes where nothing else runs

Done = subprocess.CompletedProcess[str]


def newest_python() -> Path | None:
    """The newest CPython above 3.11 that can make a venv, on PATH or among pyenv's; None where there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    for minor in (14, 13, 12):
        name = f"python3.{minor}"
        on_path = [Path(folder, name) for folder in os.get_exec_path()]
        for program in [*on_path, *pyenv.glob(f"3.{minor}.*/bin/{name}")]:
            command = [str(program), "-c", "import ensurepip, venv"]
            if program.exists() and subprocess.run(command, capture_output=True, check=False).returncode == 0:
                return program
    return None


def copy_clone(to: Path) -> None:
    """Copy what git tracks, or would if it were added."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, to / name)


def run(line: str, clone: Path, environment: Mapping[str, str]) -> Done:
    """Run a line of the description in the clone's root, after those before it."""
    words = f"{ACTIVATE} && exec {line}" if (clone / "venv").exists() else f"exec {line}"  # so that a time-out ends it
    return subprocess.run(
        ["bash", "-c", words],
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The machine's variables, without those that people set for Python and the kit; and an empty cache of the Hub."""
    own = {name: text for name, text in os.environ.items() if not PERSONAL.match(name)}
    return {**own, "HF_HOME": str(tmp_path_factory.mktemp("hub"))}


def install(clone: Path, python: Path, environment: Mapping[str, str]) -> Done:
    """Make the venv with a Python and install the seven packages; the description's lines, but for the `uv` on one."""
    (clone / "bin").mkdir()
    (clone / "bin" / "python").symlink_to(python)
    made = run(MAKE, clone, {**environment, "PATH": f"{clone / 'bin'}:{environment['PATH']}"})
    assert made.returncode == 0, made.stderr
    settings = pip_settings.make_uv_environment(pip_settings.read_settings())
    variables = {**settings, **environment, "UV_CACHE_DIR": str(clone / "cache")}
    if python != Path(sys.executable).resolve():
        return run(f"{UV} {INSTALL}", clone, variables)
    if pip_settings.uv_finds_torch(UV, python, prepare.read_locked_torch(), settings):
        (clone / "constraint.txt").write_text(f"torch=={prepare.read_locked_torch()}\n")
        variables["PIP_CONSTRAINT"] = str(clone / "constraint.txt")
    return run(INSTALL, clone, variables)


@pytest.fixture(scope="module", params=["3.11", "newest"])
def clone(
    request: pytest.FixtureRequest, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A clone with the description's venv, and nothing of the kit's environment. Removed at the end: it is large."""
    python = Path(sys.executable).resolve() if request.param == "3.11" else newest_python()
    if not python:
        pytest.skip("no working Python 3.12, 3.13 or 3.14 here")
    folder = tmp_path_factory.mktemp("clone")
    try:
        copy_clone(folder)
        done = install(folder, python, environment)
        assert done.returncode == 0, done.stderr
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_readme_says_it_as_the_description_does() -> None:
    """Both ways stand in the README: the kit's, and this."""
    lines = [line.partition("  #")[0].rstrip() for line in README.partition("## How to run")[2].splitlines()]
    start = lines.index(MAKE)
    assert lines[start : start + 3] == [MAKE, ACTIVATE, INSTALL]


@pytest.mark.parametrize("command", [line for line in PROMISED if line.startswith("python ")])
def test_a_script_runs(command: str, clone: Path, environment: dict[str, str]) -> None:
    """To its end, and it says what it has done."""
    done = run(command, clone, environment)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert done.stdout.count("\n") > 3


@pytest.mark.parametrize("command", [line for line in PROMISED if line.startswith("pytest ")])
def test_the_tests_pass(command: str, clone: Path, environment: dict[str, str]) -> None:
    """Whatever needs more than the seven packages is skipped, and says what it needs."""
    done = run(command, clone, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.findall(r"(\d+) passed", done.stdout)[-1]) >= 3
    skipped = set(re.findall(r"^SKIPPED \[(\d+)\] \S+ (.*)$", done.stdout, re.MULTILINE))
    expected = {("1", "no GPU here")}
    if "/ml/ " in command or "/testing/" in command:
        expected.add(("1", "could not import 'hypothesis': No module named 'hypothesis'"))
    if "/ml/ " in command:
        pages = sum("```python" in page.read_text() for page in (ROOT / "interview_prep" / "ml").rglob("*.md"))
        needs = "the python blocks of this page need more: pip install sybil accelerate datasets peft"
        expected.add((str(pages), needs))
    assert skipped - {("1", "no GPU here")} == expected - {("1", "no GPU here")}


def test_the_checks_of_a_drill_run_by_hand(clone: Path, environment: dict[str, str]) -> None:
    """They pass on its solution, and need nothing of the kit."""
    solution = str(clone / "interview_prep" / "drills" / "attention" / "causal_mask" / "solution.py")
    done = run("pytest interview_prep/drills/attention/causal_mask", clone, {**environment, "ANSWER": solution})
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_warning_fails_no_test(clone: Path, environment: dict[str, str]) -> None:
    """pip brings what is newest, and newer releases announce what they will remove."""
    (clone / "test_warns.py").write_text("import warnings\n\ndef test_that_warns(): warnings.warn('soon')\n")
    done = run("pytest test_warns.py", clone, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not as locked, so warnings fail no test" in done.stdout
