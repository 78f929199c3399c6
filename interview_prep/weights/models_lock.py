"""docker/locks/models.lock: which models, at which commit, with which files and bytes. It is read strictly.

A model is named after the task that it's for. Left out: changing the lock (edit_lock.py). LOCK is found from here and
not from paths.py, because an image build mounts only what fetching needs, so that no other change makes it fetch again.
"""

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from interview_prep.errors import KitError

LOCK = Path(__file__).resolve().parents[2] / "docker" / "locks" / "models.lock"
SETS = ("core", "full")
HARMLESS = (".safetensors", ".json", ".txt", ".jinja")  # loading them runs no code; a pickle's does


class ModelsLockError(KitError):
    """What is wrong in the lock, in one line that begins with its path."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"docker/locks/models.lock: {problem}")


@dataclass(frozen=True)
class File:
    """One file of a repository; size in bytes. Where size or sha256 is None, nobody has looked it up yet."""

    path: str
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Model:
    """One repository at one commit."""

    name: str  # the task that it's for
    repo: str
    commit: str
    license: str
    set: Literal["core", "full"]
    files: tuple[File, ...]


def load_models(set_name: str = "full") -> list[Model]:
    """The models of a set; "full" includes "core". Raises ModelsLockError if the file is missing or has mistakes."""
    if set_name not in SETS:
        raise ModelsLockError(f"there is no set {set_name!r}, only {' and '.join(SETS)}.")
    try:
        text = LOCK.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        fix = "`git checkout docker/locks/models.lock` restores it."
        raise ModelsLockError(f"cannot be read ({reason}). {fix}") from None
    return [model for model in parse_lock(text) if set_name in (model.set, "full")]


def parse_lock(text: str) -> list[Model]:
    """The models of a lock's text. Raises ModelsLockError, which names the model, the file and what is wrong."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelsLockError(f"{error}.") from None
    return [parse_model(name, table) for name, table in tables.items()]


def parse_model(name: str, table: Any) -> Model:
    """One table of the lock; every key is required, and no other is accepted."""
    keys = dict(table) if isinstance(table, dict) else {}
    require_match(name, "set", keys.get("set"), "|".join(SETS))
    require_match(name, "repo", keys.get("repo"), r"[\w.-]+/[\w.-]+")
    require_match(name, "commit", keys.get("commit"), "[0-9a-f]{40}")
    require_match(name, "license", keys.get("license"), ".+")
    listed = keys.pop("files", None)
    if not isinstance(listed, list) or not listed:
        raise ModelsLockError(f"{name}: files is not a list of files.")
    files = tuple(parse_file(name, entry) for entry in listed)
    return Model(name=name, files=files, **reject_unknown_keys(name, keys, Model))


def parse_file(name: str, entry: Any) -> File:
    """One line of `files`: a path below the repository, to a kind of file that runs no code when it is loaded."""
    keys = reject_unknown_keys(name, dict(entry) if isinstance(entry, dict) else {}, File)
    require_match(name, "path", keys.get("path"), r"[\w.-]+(/[\w.-]+)*")
    path = PurePosixPath(keys["path"])
    if ".." in path.parts or path.suffix not in HARMLESS:
        raise ModelsLockError(
            f"{name}: {path} is not one of *{', *'.join(HARMLESS)}; other formats can run code when loaded."
        )
    require_match(name, f"{path}: sha256", keys.get("sha256", "0" * 64), "[0-9a-f]{64}")
    size = keys.get("size", 1)
    if type(size) is not int or size < 1:
        raise ModelsLockError(f"{name}: {path}: size is {size!r}, not a number of bytes.")
    return File(**keys)


def require_match(name: str, key: str, value: Any, pattern: str) -> None:
    """Raise ModelsLockError unless the value is a text that matches the whole pattern."""
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise ModelsLockError(f"{name}: {key} is {value!r}, not {pattern}.")


def reject_unknown_keys(name: str, keys: dict[str, Any], kind: type[Model | File]) -> dict[str, Any]:
    """Return `keys` if each of them is a field of `kind`; raise ModelsLockError otherwise."""
    unknown = keys.keys() - {field.name for field in fields(kind)}
    if unknown:
        raise ModelsLockError(f"{name}: unknown keys: {', '.join(sorted(unknown))}.")
    return keys
