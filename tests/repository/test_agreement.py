"""What must be said in several files, because Docker, Compose and editors each read their own, is the same in all."""

import json
import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement

from interview_prep.bootstrap import pip_settings
from interview_prep.locks.lock_text import list_locks
from interview_prep.locks.read_locks import ENTRY
from interview_prep.locks.torch_wheels import load_torch_table
from interview_prep.paths import ROOT
from tests.support.listing import list_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DOCKERFILES = {name: (ROOT / "docker" / f"{name}.Dockerfile").read_text() for name in ("cpu", "cuda")}
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
LOCKS = {lock.name: (ROOT / "docker" / "locks" / lock.name).read_text() for lock in list_locks()}


def entries(name: str) -> dict[str, str]:
    """Package and platform to the whole entry, of one lock."""
    return {entry.partition(" \\")[0]: entry for entry in ENTRY.findall(LOCKS[name])}


def editor(folder: str) -> dict[str, object]:
    """A devcontainer.json without its comments."""
    text = (ROOT / "devcontainer" / folder / "devcontainer.json").read_text()
    read: dict[str, object] = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    return read


@pytest.mark.parametrize("lock", ["cpu.txt", "cuda.txt"])
@pytest.mark.parametrize("dependency", PROJECT["project"]["dependencies"])
def test_each_direct_dependency_is_locked_at_its_version(dependency: str, lock: str) -> None:
    """A lock older than pyproject.toml would install something else than it says."""
    wanted = Requirement(dependency)
    locked = [Requirement(name) for name in entries(lock)]
    found = {str(entry.specifier).removesuffix("+cpu") for entry in locked if entry.name == wanted.name}
    assert found == {str(wanted.specifier)}


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_version_and_a_hash(name: str) -> None:
    """Without a hash an index decides what is installed."""
    for requirement, entry in entries(name).items():
        assert re.match(r"^[a-z0-9.-]+==\S+( ; sys_platform == \"\w+\")?$", requirement), requirement
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry), requirement


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_an_index(name: str) -> None:
    """A mirror must be able to stand in for every index."""
    assert not re.search(r"://|index-url|find-links", LOCKS[name])


def test_no_cuda_package_is_in_the_cpu_lock() -> None:
    """PyPI's torch for Linux brings gigabytes of them."""
    assert not re.search(r"^(nvidia|triton|cuda)", LOCKS["cpu.txt"], re.MULTILINE)
    assert re.search(r"^nvidia-cudnn", LOCKS["cuda.txt"], re.MULTILINE)


def test_torch_wheels_have_the_hashes_of_pyproject() -> None:
    """Exactly the wheels that were looked up: x86-64 and arm64 for Linux, arm64 for macOS."""
    locked = {
        name: re.findall(r"sha256:(\w+)", entry)
        for name, entry in entries("cpu.txt").items()
        if name.startswith("torch==")
    }
    torch = load_torch_table()
    assert locked == {
        'torch==2.13.0 ; sys_platform == "darwin"': list(torch["darwin"].values()),
        f'torch=={torch["version"]} ; sys_platform == "linux"': list(torch["linux"].values()),
    }


def test_the_locks_agree_on_what_they_share() -> None:
    """The CPU image, the CUDA image and the tools use one version of each package."""
    cpu = dict(name.split(" ;")[0].split("==") for name in entries("cpu.txt"))
    for other in ("cuda.txt", "tools.txt", "installer.txt"):
        versions = dict(name.split(" ;")[0].split("==") for name in entries(other))
        differing = {name for name in versions.keys() & cpu.keys() if versions[name] != cpu[name]}
        assert differing <= {"torch"}, other


def test_the_dockerfiles_differ_only_where_they_name_their_variant() -> None:
    """What they share cannot be included in both, so it is held equal."""
    cpu, cuda = (DOCKERFILES[name].splitlines() for name in ("cpu", "cuda"))
    assert len(cpu) == len(cuda)
    differing = [(ours, theirs) for ours, theirs in zip(cpu, cuda, strict=True) if ours != theirs]
    assert [line for line in differing if not line[0].startswith("#")] == [
        (f"ARG UV_INDEX={pip_settings.PYTORCH_CPU_INDEX}", "ARG UV_INDEX"),
        ("    sh /install-packages /docker/locks/cpu.txt", "    sh /install-packages /docker/locks/cuda.txt"),
    ]


def test_the_base_image_is_pinned_by_digest() -> None:
    """A tag moves."""
    assert re.search(r"^ARG BASE_IMAGE=debian:bookworm-slim@sha256:[0-9a-f]{64}$", DOCKERFILES["cpu"], re.MULTILINE)


def test_the_labels_default_to_the_version_of_pyproject() -> None:
    """An image built without `invoke build` still says which kit it holds."""
    assert f"ARG VERSION={PROJECT['project']['version']}\n" in DOCKERFILES["cpu"]


def test_the_changelog_begins_with_the_version_of_pyproject() -> None:
    """A new capability gets its line where the next version is described."""
    first, *_ = re.findall(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert first == PROJECT["project"]["version"]


def test_the_readme_is_short() -> None:
    """It is read the evening before an interview; everything else is in docs/, and linked from there."""
    readme = (ROOT / "README.md").read_text()
    assert readme.count("\n") <= 200
    assert [page.name for page in list_files(ROOT / "docs") if f"(docs/{page.name})" not in readme] == []


def test_compose_passes_every_build_argument_and_docs_explain_each() -> None:
    """An argument that compose does not pass cannot be set by `docker compose build`."""
    page = (ROOT / "docs" / "images.md").read_text()
    declared = set(re.findall(r"^ARG (\w+)", DOCKERFILES["cpu"], re.MULTILINE))
    for service, name in (("lab", "cpu"), ("lab-cuda", "cuda")):
        build = COMPOSE["services"][service]["build"]
        assert set(build["args"]) == declared
        assert build["dockerfile"] == f"docker/{name}.Dockerfile"
        assert COMPOSE["services"][service]["image"] == f"ml-interview-prep-kit:{name}"
    for argument in declared - {"VERSION", "REVISION"}:
        assert f"`{argument}`" in page


def test_only_the_cuda_service_needs_a_profile() -> None:
    """`docker compose up` alone must start Lab on any laptop."""
    assert "profiles" not in COMPOSE["services"]["lab"]
    assert COMPOSE["services"]["lab-cuda"]["profiles"] == ["cuda"]


def test_editor_folders_are_byte_identical() -> None:
    """Editors read .devcontainer/ and do not follow links, so it is a copy."""
    source, copy = ROOT / "devcontainer", ROOT / ".devcontainer"
    names = sorted(str(path.relative_to(source)) for path in list_files(source))
    assert names == sorted(str(path.relative_to(copy)) for path in list_files(copy))
    assert [name for name in names if (source / name).read_bytes() != (copy / name).read_bytes()] == []
    assert not any(path.is_symlink() for path in (copy, *copy.rglob("*")))


@pytest.mark.parametrize(("folder", "service"), [("", "lab"), ("cuda", "lab-cuda")])
def test_an_editor_starts_its_one_service_from_the_compose_file(folder: str, service: str) -> None:
    """Without runServices an editor hangs on the service with a profile."""
    settings = editor(folder)
    files = settings["dockerComposeFile"]
    assert isinstance(files, list)
    assert (ROOT / ".devcontainer" / folder / files[0]).resolve() == ROOT / "docker-compose.yml"
    assert (ROOT / ".devcontainer" / folder / files[1]).resolve() == ROOT / ".devcontainer" / "compose.yml"
    assert (settings["service"], settings["runServices"]) == (service, [service])
    assert service in COMPOSE["services"]


def test_the_editors_differ_only_in_name_paths_and_service() -> None:
    """The same extensions, interpreter, port and folder in both."""
    cpu, cuda = editor(""), editor("cuda")
    assert {key for key in cpu if cpu[key] != cuda[key]} == {"name", "dockerComposeFile", "service", "runServices"}
    assert not {"features", "postCreateCommand", "onCreateCommand", "updateContentCommand"} & cpu.keys()


def test_python_is_one_version_everywhere() -> None:
    """The lock, the images, prep and the type checker speak of Python 3.11."""
    assert PROJECT["project"]["requires-python"] == "==3.11.*"
    assert PROJECT["tool"]["mypy"]["python_version"] == "3.11"
    assert PROJECT["tool"]["ruff"]["target-version"] == "py311"
    assert "python3.11/site-packages" in (ROOT / "docker" / "install-packages").read_text()
    assert "(3, 11)" in (ROOT / "interview_prep" / "bootstrap" / "python311.py").read_text()
    assert "Python 3.11" in (ROOT / "README.md").read_text()


def test_no_file_in_the_material_shadows_a_module() -> None:
    """A script's folder comes first on sys.path: tokenize.py there would replace Python's own."""
    import importlib.metadata
    import sys

    taken = sys.stdlib_module_names | set(importlib.metadata.packages_distributions())
    names = [path.stem for path in list_files(ROOT / "interview_prep" / "ml", "*.py")]
    assert [name for name in names if name in taken] == []


def test_a_person_s_own_settings_are_neither_committed_nor_in_an_image() -> None:
    """Compose reads .env, where tokens may stand."""
    assert "/.env" in (ROOT / ".gitignore").read_text().splitlines()
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored  # so that only what a line with ! names is in an image
    assert not [line for line in ignored if line.startswith("!.env")]
