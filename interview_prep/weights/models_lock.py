"""docker/locks/models.lock: which models, at which commit, which files with which bytes. Read strictly, or refused.

The name of a model is what it serves. Only the standard library is needed to read it, and nothing else of the kit: when
an image is built, only this folder and the lock are there.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath
from typing import Any, Literal

LOCK = Path(__file__).resolve().parents[2] / "docker" / "locks" / "models.lock"
SETS = ("core", "full")
HARMLESS = (".safetensors", ".json", ".txt", ".jinja")  # loading them runs no code; a pickle's does


class LockError(Exception):
    """What is wrong in the lock: one line."""


@dataclass(frozen=True)
class File:
    """One file of a repository; size in bytes. Where size or sha256 is None, nobody has looked it up yet."""

    path: str
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Model:
    """One repository at one commit."""

    name: str  # what it serves
    repo: str
    commit: str
    licence: str
    set: Literal["core", "full"]
    files: tuple[File, ...]


def load_models(*, only: str = "full") -> list[Model]:
    """The models of a set; "full" holds "core". Raises LockError where the file is missing or says something else."""
    if only not in SETS:
        raise LockError(f"there is no set {only!r}, only {' and '.join(SETS)}.")
    try:
        text = LOCK.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise LockError(f"cannot be read ({reason}). `git checkout docker/locks/models.lock`.") from None
    return [model for model in parse_lock(text) if only in (model.set, "full")]


def parse_lock(text: str) -> list[Model]:
    """Raises LockError, which names the model, the file and what is wrong with it."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LockError(f"{error}.") from None
    return [parse_model(name, table) for name, table in tables.items()]


def parse_model(name: str, table: Any) -> Model:
    given = dict(table) if isinstance(table, dict) else {}
    require_match(name, "set", given.get("set"), "|".join(SETS))
    require_match(name, "repo", given.get("repo"), r"[\w.-]+/[\w.-]+")
    require_match(name, "commit", given.get("commit"), "[0-9a-f]{40}")
    require_match(name, "licence", given.get("licence"), ".+")
    listed = given.pop("files", None)
    if not isinstance(listed, list) or not listed:
        raise LockError(f"{name}: files is not a list of files.")
    files = tuple(parse_file(name, entry) for entry in listed)
    return Model(name=name, files=files, **reject_unknown_keys(name, given, Model))


def parse_file(name: str, entry: Any) -> File:
    given = reject_unknown_keys(name, dict(entry) if isinstance(entry, dict) else {}, File)
    require_match(name, "path", given.get("path"), r"[\w.-]+(/[\w.-]+)*")
    path = PurePosixPath(given["path"])
    if ".." in path.parts or path.suffix not in HARMLESS:
        raise LockError(
            f"{name}: {path} is not one of *{', *'.join(HARMLESS)}; other formats can run code when loaded."
        )
    require_match(name, f"{path}: sha256", given.get("sha256", "0" * 64), "[0-9a-f]{64}")
    size = given.get("size", 1)
    if type(size) is not int or size < 1:
        raise LockError(f"{name}: {path}: size is {size!r}, not a number of bytes.")
    return File(**given)


def require_match(name: str, key: str, value: Any, pattern: str) -> None:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise LockError(f"{name}: {key} is {value!r}, not {pattern}.")


def reject_unknown_keys(name: str, given: dict[str, Any], kind: type[Model | File]) -> dict[str, Any]:
    """`given`, if every key of it is a field of `kind`."""
    unknown = given.keys() - {field.name for field in fields(kind)}
    if unknown:
        raise LockError(f"{name}: nothing here is called {', '.join(sorted(unknown))}.")
    return given


def find_listed_files(text: str, name: str) -> tuple[str, list[str]]:
    """Repository and paths of one model, whose commit and hashes may still be missing."""
    _, table, _ = split_at_model(text, name)
    try:
        entry = tomllib.loads(table)[name]
        return str(entry["repo"]), [str(file["path"]) for file in entry["files"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise LockError(f"{name}: repo and files, each with a path, are needed ({error}).") from None


def replace_model(text: str, name: str, commit: str, files: Iterable[File]) -> str:
    """The lock's text with another commit and other files for one model; its comments stay."""
    head, table, rest = split_at_model(text, name)
    table = re.sub(r'(?m)^commit = "[^"]*"\n', "", table)
    table = re.sub(r'(?m)^(repo = "[^"]*"\n)', rf'\1commit = "{commit}"\n', table)
    lines = "".join(f"    {format_file(file)},\n" for file in files)
    return head + re.sub(r"(?ms)^(files = \[[^\n]*\n).*?^\]", lambda start: f"{start[1]}{lines}]", table) + rest


def split_at_model(text: str, name: str) -> tuple[str, str, str]:
    """What stands before a model's table, the table, and what stands behind it."""
    start = re.search(rf"(?m)^\[{re.escape(name)}\]", text)
    if not start:
        raise LockError(f"no model {name!r}. `invoke models` lists all.")
    end = re.compile(r"(?m)^\[").search(text, start.end())
    stop = end.start() if end else len(text)
    return text[: start.start()], text[start.start() : stop], text[stop:]


def format_file(file: File) -> str:
    size = f", size = {file.size}" if file.size is not None else ""
    sha256 = f', sha256 = "{file.sha256}"' if file.sha256 is not None else ""
    return f'{{path = "{file.path}"{size}{sha256}}}'
