"""`./prep X` from a fresh checkout to the hundredth start, when nothing goes wrong."""

import os
import shutil
from pathlib import Path

import pytest

from tests.prep import checkout as small
from tests.prep.checkout import Checkout
from tests.prep.index import Index

UNREACHABLE = "http://127.0.0.1:9/simple"


def read_times(folder: Path) -> dict[str, int]:
    """When each file below `folder` was last changed."""
    return {str(path): path.lstat().st_mtime_ns for path in folder.rglob("*")}


def test_first_use_installs_the_lock_and_runs_the_task(tmp_path: Path) -> None:
    """With this machine's own settings for pip and uv, and no wheel in any cache of uv."""
    made = small.make_checkout(tmp_path)
    checkout = Checkout(made.folder, {**os.environ, "PATH": made.environment["PATH"]})
    done = checkout.run("hello", UV_CACHE_DIR=str(tmp_path / "cache"))
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    checkout.assert_whole()
    shutil.rmtree(tmp_path)


def test_first_use_prints_one_line(checkout: Checkout) -> None:
    """What uv and pip print while all goes well is not shown."""
    assert checkout.run().stderr == "prep: making .venv from the lock; later starts will find it ready.\n"


def test_later_uses_start_no_installer(prepared: Checkout) -> None:
    """Nothing under .venv changes, no index is needed, and nothing is said but what the task says."""
    before = read_times(prepared.venv)
    done = prepared.run("hello", PIP_INDEX_URL=UNREACHABLE, UV_CACHE_DIR=os.devnull)
    assert (done.returncode, done.stdout, done.stderr) == (0, "hello\n", "")
    assert read_times(prepared.venv) == before


def test_first_use_leaves_bytecode_whatever_the_shell_says(checkout: Checkout) -> None:
    """Many set PYTHONDONTWRITEBYTECODE; without bytecode every later start would take seconds longer."""
    checkout.run("hello", PYTHONDONTWRITEBYTECODE="1")
    assert list((checkout.venv / "lib").glob("python3.11/site-packages/invoke/__pycache__/*.pyc"))


@pytest.fixture(scope="module")
def synced(folder: Path, index: Index) -> Checkout:
    """A checkout that is ready, for tests that change its locks."""
    made = small.make_checkout(folder / "synced", PIP_INDEX_URL=index.url, UV_CACHE_DIR=str(folder / "cache"))
    made.run()
    return made


def test_a_package_added_to_the_lock_is_installed(synced: Checkout) -> None:
    """A `git pull` that brings a new lock needs no other command."""
    synced.write_lock("cpu.txt", [name for name in small.CPU if name != "six"])
    synced.run()
    assert "six" not in synced.inspect_installed()
    synced.write_lock("cpu.txt", small.CPU)
    done = synced.run()
    assert (done.stdout, done.stderr) == ("hello\n", "prep: the lock has changed; syncing .venv with it.\n")
    synced.assert_whole()


def test_a_package_removed_from_the_lock_is_removed(synced: Checkout) -> None:
    """Otherwise code would keep working here that works nowhere else."""
    synced.write_lock("cpu.txt", small.CPU)
    synced.run()
    assert "iniconfig" in synced.inspect_installed()
    synced.write_lock("cpu.txt", small.FEWER)
    assert synced.run().stdout == "hello\n"
    synced.assert_whole()


def test_a_sync_keeps_what_has_not_changed(synced: Checkout) -> None:
    """A changed lock costs its difference, not a new environment."""
    before = (synced.venv / "pyvenv.cfg").stat().st_mtime_ns
    for packages in (small.FEWER, small.CPU):
        synced.write_lock("cpu.txt", packages)
        synced.run()
    assert (synced.venv / "pyvenv.cfg").stat().st_mtime_ns == before


def test_moved_checkout_makes_its_venv_again(checkout: Checkout) -> None:
    """Scripts in .venv contain the path that they were made for."""
    checkout.run()
    moved = Checkout(checkout.folder.rename(checkout.folder.with_name("moved")), checkout.environment)
    done = moved.run(PATH=moved.make_path_with_python(small.base_python()))
    assert done.stdout == "hello\n", done.stderr
    moved.assert_whole()


def test_venv_whose_python_is_gone_is_made_again(checkout: Checkout) -> None:
    """This happens after an upgrade that removed the Python below it."""
    checkout.run()
    link = checkout.venv / "bin" / "python3.11"
    link.unlink()
    link.symlink_to(checkout.folder / "gone")
    assert checkout.run().stdout == "hello\n"
    checkout.assert_whole()


def test_activated_environment_is_repaired_from_within(checkout: Checkout) -> None:
    """With .venv/bin first on PATH, prep runs under the very Python that it replaces."""
    checkout.run()
    (checkout.venv / "made-from").unlink()
    done = checkout.run(PATH=f"{checkout.venv / 'bin'}{os.pathsep}{checkout.environment['PATH']}")
    assert done.stdout == "hello\n", done.stderr
    checkout.assert_whole()


def test_an_environment_on_another_disk_stays_there(checkout: Checkout, tmp_path: Path) -> None:
    """.venv may be a link to a larger disk; it is filled, not replaced."""
    (tmp_path / "large").mkdir()
    checkout.venv.symlink_to(tmp_path / "large")
    assert checkout.run().stdout == "hello\n"
    assert checkout.venv.is_symlink()
    checkout.assert_whole()


def test_a_folder_with_spaces_and_accents_in_its_name_works(tmp_path: Path, index: Index) -> None:
    """Scripts of an environment name its path in their first line, where a space needs care."""
    checkout = small.make_checkout(tmp_path / "été de révision", PIP_INDEX_URL=index.url)
    assert checkout.run().stdout == "hello\n"
    checkout.assert_whole()
    shutil.rmtree(tmp_path)


def test_exit_code_is_that_of_the_task(prepared: Checkout) -> None:
    """`./prep check` in a script must fail when the check does."""
    assert prepared.run("fail").returncode == 7


def test_without_arguments_it_shows_how_it_is_used(prepared: Checkout) -> None:
    """It prints what `invoke` alone prints."""
    done = prepared.run("--help")
    bare = small.finish_process(prepared.start())
    assert (bare.returncode, bare.stderr) == (0, "")
    assert bare.stdout == done.stdout
    assert "Usage:" in bare.stdout


def test_list_names_the_tasks(prepared: Checkout) -> None:
    """Options of invoke itself reach it."""
    done = prepared.run("--list")
    assert done.returncode == 0
    assert [name for name in ("hello", "fail") if f"\n  {name} " not in done.stdout] == []


def test_it_runs_from_another_folder(prepared: Checkout, tmp_path: Path) -> None:
    """Tasks and locks are found beside prep, and modules of the current folder are not mistaken for pip."""
    (tmp_path / "random.py").write_text("raise SystemExit('the wrong random')\n")
    assert prepared.run("hello", cwd=tmp_path).stdout == "hello\n"


@pytest.mark.parametrize("safe_path", ["", "1"])
def test_it_installs_from_another_folder(checkout: Checkout, tmp_path: Path, safe_path: str) -> None:
    """A folder of scripts may hold names that pip or venv import, and Python may be told to trust no folder."""
    for name in ("random", "tokenize", "pip", "venv"):
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('the wrong {name}')\n")
    done = checkout.run("hello", cwd=tmp_path, PYTHONSAFEPATH=safe_path)
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    checkout.assert_whole()


@pytest.mark.parametrize("kind", ["absolute", "relative"])
def test_it_runs_through_a_link(prepared: Checkout, tmp_path: Path, kind: str) -> None:
    """A link in ~/bin starts the checkout that it points to."""
    link, target = tmp_path / "kit", prepared.folder / "prep"
    link.symlink_to(target if kind == "absolute" else os.path.relpath(target, tmp_path.resolve()))
    done = prepared.run("hello", cwd=tmp_path, program=link)
    assert (done.returncode, done.stdout, done.stderr) == (0, "hello\n", "")


def test_a_task_finds_the_environments_programs_first(prepared: Checkout) -> None:
    """A task that starts `pytest` or `python` means the locked ones, whatever is activated."""
    assert prepared.run("path").stdout.split(os.pathsep)[0] == str(prepared.venv / "bin")


def test_a_person_s_own_settings_of_invoke_lead_nowhere_else(prepared: Checkout, tmp_path: Path) -> None:
    """Where to look for tasks is what invoke reads first, for every project of that person."""
    (tmp_path / ".invoke.yaml").write_text("tasks: {search_root: /no/such/folder, collection_name: fabfile}\n")
    done = prepared.run("hello", HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
