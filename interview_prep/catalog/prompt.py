"""prompt.md: fields between two lines of ---, then the task and nothing that spoils it. Left out: showing it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from interview_prep.catalog.families import is_family_or_name

FIELDS = {"title": str, "topic": str, "level": int, "minutes": int, "forbids": list, "tags": list}
OPTIONAL_FIELDS = {"after": list, "reported": list}
EDGES = "## A strict reviewer also wants"  # below it stand the requirements that are edges
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times faster, but not in every wheel


def read_prompt(folder: Path) -> tuple[dict[str, Any], str]:
    """Return the front matter and the task. Raises ValueError, in one line, where there is no front matter."""
    text = (folder / "prompt.md").read_text(encoding="utf-8")
    match = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    try:
        fields = yaml.load(match[1], LOADER) if match else None  # noqa: S506 - both loaders are safe ones
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    if not match or not isinstance(fields, dict):
        raise ValueError("does not begin with fields between two lines of ---")
    return fields, text[match.end() :].strip()


def count_task_words(task: str) -> int:
    """Count the words of the task proper: those above the edges, without fenced code, whose lines are looked at."""
    prose = re.sub(r"^```.*?^```$", "", task.partition(EDGES)[0], flags=re.DOTALL | re.MULTILINE)
    return sum(any(letter.isalnum() for letter in word) for word in prose.split())


def find_field_problems(folder: Path, fields: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each thing that is wrong with the front matter."""
    where = f"{folder.name}/prompt.md"
    for name, kind in (FIELDS | OPTIONAL_FIELDS).items():
        if (name in FIELDS or name in fields) and not isinstance(fields.get(name), kind):
            yield f"{where}: {name} is {fields.get(name)!r}, not of type {kind.__name__}"
    unknown = fields.keys() - FIELDS.keys() - OPTIONAL_FIELDS.keys()
    yield from (f"{where}: {name} is not a field" for name in unknown)
    for entry in fields["forbids"] if isinstance(fields.get("forbids"), list) else ():
        if not is_family_or_name(str(entry)):
            yield f"{where}: forbids {entry}, which is neither a family of families.toml nor a full name"
    if fields.get("topic") != folder.parent.name:
        yield f"{where}: topic is {fields.get('topic')!r} in the folder {folder.parent.name}"
    if fields.get("level") not in (1, 2, 3):
        yield f"{where}: level is {fields.get('level')!r}, not 1, 2 or 3"
