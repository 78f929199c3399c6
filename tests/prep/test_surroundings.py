"""./prep and the variables, files and folders that people have for other purposes: they change nothing."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.prep import checkout as small
from tests.prep.checkout import Checkout, only_error_line
from tests.prep.index import Index

ELSEWHERE = {"TARGET": "{}", "PREFIX": "{}", "ROOT": "{}", "USER": "1", "REQUIRE_VIRTUALENV": "1", "QUIET": "3"}
ELSEWHERE |= {"CONSTRAINT": "{}/constraint", "NO_BINARY": ":all:", "DRY_RUN": "1"}


def foreign_python(folder: Path) -> dict[str, str]:
    """What somebody sets for another Python, and would break this one."""
    folder.mkdir()
    for name in ("invoke", "numpy", "random", "subprocess", "interview_prep"):
        (folder / f"{name}.py").write_text(f"raise SystemExit('the wrong {name}')\n")
    for_another = {"PATH": str(folder), "HOME": str(folder), "STARTUP": str(folder / "random.py"), "OPTIMIZE": "2"}
    for_another |= {"WARNINGS": "error", "HASHSEED": "none", "PLATLIBDIR": "lib64", "DONTWRITEBYTECODE": "1"}
    return {f"PYTHON{name}": value for name, value in for_another.items()}


def test_variables_for_another_python_do_not_reach_the_tasks(prepared: Checkout, tmp_path: Path) -> None:
    """No foreign packages, no removed asserts, no other standard library."""
    foreign = foreign_python(tmp_path / "foreign")
    done = prepared.run("surroundings", program=None, cwd=None, PYTHONUNBUFFERED="1", **foreign)
    assert done.returncode == 0, done.stderr
    variables, optimize, warnings, path = json.loads(done.stdout)
    assert (variables, optimize, warnings) == (["PYTHONUNBUFFERED"], 0, [])
    assert str(tmp_path / "foreign") not in path


def test_variables_for_another_python_do_not_reach_a_first_use(checkout: Checkout, tmp_path: Path) -> None:
    """They reach neither prep itself, nor pip, nor uv."""
    done = checkout.run("hello", program=None, cwd=None, **foreign_python(tmp_path / "foreign"))
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    checkout.assert_whole()


def test_prep_under_a_named_python_is_the_same(prepared: Checkout, tmp_path: Path) -> None:
    """`python3 prep` reads PYTHONPATH before prep can say otherwise, so prep starts again without it."""
    started = Checkout(prepared.folder, prepared.environment, (str(small.base_python()),))
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "hashlib.py").write_text("raise SystemExit('the wrong hashlib')\n")
    assert started.run("hello", PYTHONPATH=str(foreign)).stdout == "hello\n"


@pytest.mark.parametrize("name", ELSEWHERE)
def test_variable_for_other_installations_changes_nothing(checkout: Checkout, tmp_path: Path, name: str) -> None:
    """Packages go into .venv and nowhere else."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = checkout.run("hello", program=None, cwd=None, **{f"PIP_{name}": ELSEWHERE[name].format(elsewhere)})
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    assert list(elsewhere.iterdir()) == []


def test_pip_conf_for_other_installations_changes_nothing(checkout: Checkout, tmp_path: Path) -> None:
    """All such settings at once, in both sections, beside the index that counts."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    lines = [f"{name.lower().replace('_', '-')} = {text.format(elsewhere)}" for name, text in ELSEWHERE.items()]
    file = tmp_path / "pip.conf"
    index = f"index-url = {checkout.environment['PIP_INDEX_URL']}"
    file.write_text("\n".join(["[global]", index, *lines, "[install]", *lines, ""]))
    done = checkout.run("hello", PIP_CONFIG_FILE=str(file), PIP_INDEX_URL="")
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    checkout.assert_whole()
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("content", ["no-index = true\npython-preference = 'only-system'\n", "this is no TOML ["])
def test_uv_files_outside_the_checkout_change_nothing(checkout: Checkout, content: str) -> None:
    """Neither the user's uv.toml counts nor one of a project around the checkout; pip's settings still do."""
    above, home = checkout.folder.parent, Path(checkout.environment["HOME"])
    for file in (above / "uv.toml", home / ".config" / "uv" / "uv.toml"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    (above / "pyproject.toml").write_text(content)
    (above / ".python-version").write_text("3.9\n")
    done = checkout.run("hello", UV_PYTHON="3.9", UV_EXCLUDE_NEWER="2001-01-01", UV_CONFIG_FILE=str(above / "uv.toml"))
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    checkout.assert_whole()


def test_unreadable_pip_conf_is_one_line(checkout: Checkout, tmp_path: Path) -> None:
    """The line names the file."""
    file = tmp_path / "pip.conf"
    file.write_text("index-url = x\n")
    line = only_error_line(checkout.run("hello", PIP_CONFIG_FILE=str(file)), 2)
    assert line.startswith(f"pip's settings in {file} cannot be read")
    assert line.endswith("; fix the file.")


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_colon_in_the_path_is_one_line(prepared: Checkout, tmp_path: Path, locale: str) -> None:
    """No PATH can hold such a folder; the line comes whatever the terminal can show."""
    checkout = small.make_checkout(tmp_path / "été: révision", LC_ALL=locale)
    line = only_error_line(checkout.run(PATH=prepared.environment["PATH"]), 2)
    assert line.startswith("PATH cannot hold a folder with `:` in its name (")
    assert line.endswith("; move the checkout.")
    assert not checkout.venv.exists()


def test_unwritable_home_is_no_obstacle(tmp_path: Path, index: Index) -> None:
    """uv's cache is in the checkout while it installs, for example for a service's user."""
    checkout = small.make_checkout(tmp_path, PIP_INDEX_URL=index.url)
    done = checkout.run("hello", HOME="/proc/nowhere")
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    checkout.assert_whole()
    assert not (checkout.folder / ".bootstrap" / "cache").exists()
    shutil.rmtree(tmp_path)


def test_prep_in_the_image_is_invoke(tmp_path: Path) -> None:
    """Everything is installed there, and the .venv of the machine outside is ignored."""
    checkout = small.make_checkout(tmp_path)
    invoke = tmp_path / "bin" / "invoke"
    invoke.parent.mkdir()
    invoke.write_text('#!/bin/sh\necho "$@"\n')
    invoke.chmod(0o755)
    path = f"{invoke.parent}{os.pathsep}{checkout.environment['PATH']}"
    done = checkout.run("hello", PREP_CONTAINER="1", PATH=path)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"--search-root {checkout.folder} --collection tasks hello\n",
        "",
    )
    assert not checkout.venv.exists()
