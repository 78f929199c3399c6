"""Change the entry of one model in the text of models.lock; comments and all other models stay as they are."""

import re
import tomllib
from collections.abc import Iterable

from interview_prep.weights.models_lock import File, ModelsLockError


def find_listed_files(text: str, name: str) -> tuple[str, list[str]]:
    """The repository and the paths of one model, whose commit and hashes may still be missing."""
    _, table, _ = split_at_model(text, name)
    try:
        entry = tomllib.loads(table)[name]
        return str(entry["repo"]), [str(file["path"]) for file in entry["files"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ModelsLockError(f"{name}: needs a repo, and files that each have a path ({error}).") from None


def replace_model(text: str, name: str, commit: str, files: Iterable[File]) -> str:
    """The lock's text with another commit and other files for one model; its comments stay."""
    head, table, rest = split_at_model(text, name)
    table = re.sub(r'(?m)^commit = "[^"]*"\n', "", table)
    table = re.sub(r'(?m)^(repo = "[^"]*"\n)', rf'\1commit = "{commit}"\n', table)
    lines = "".join(f"    {format_file(file)},\n" for file in files)
    return head + re.sub(r"(?ms)^(files = \[[^\n]*\n).*?^\]", lambda start: f"{start[1]}{lines}]", table) + rest


def split_at_model(text: str, name: str) -> tuple[str, str, str]:
    """The text before a model's table, the table, and the text after it."""
    start = re.search(rf"(?m)^\[{re.escape(name)}\]", text)
    if not start:
        raise ModelsLockError(f"no model {name!r}. `invoke models` lists them all.")
    end = re.compile(r"(?m)^\[").search(text, start.end())
    stop = end.start() if end else len(text)
    return text[: start.start()], text[start.start() : stop], text[stop:]


def format_file(file: File) -> str:
    """A file's entry in the lock; whatever is unknown is left out."""
    size = f", size = {file.size}" if file.size is not None else ""
    sha256 = f', sha256 = "{file.sha256}"' if file.sha256 is not None else ""
    return f'{{path = "{file.path}"{size}{sha256}}}'
