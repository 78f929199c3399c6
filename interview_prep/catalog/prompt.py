"""prompt.md: fields between two lines of ---, then the task and its sections. Left out: showing any of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from interview_prep.catalog.families import is_family_or_name

FIELDS = {"title": str, "topic": str, "level": int, "minutes": int, "forbids": list, "tags": list}
HINTS = ("Hint 1", "Hint 2", "Hint 3")
SECTIONS = (*HINTS, "Follow-ups", "Say aloud")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times faster, but not in every wheel


@dataclass(frozen=True)
class Prompt:
    """What stands below the front matter, in Markdown. A section that is missing is empty here; lint reports it."""

    task: str
    hints: tuple[str, ...]
    follow_ups: str
    say_aloud: str


def load_prompt(folder: Path) -> Prompt:
    """Read a drill's prompt."""
    _, body = read_prompt(folder)
    task, sections = split_sections(body)
    hints = tuple(sections[name] for name in HINTS if name in sections)
    return Prompt(task, hints, sections.get("Follow-ups", ""), sections.get("Say aloud", ""))


def read_prompt(folder: Path) -> tuple[dict[str, Any], str]:
    """Return the front matter and the text below it. Raises ValueError, in one line, where there is no front matter."""
    text = (folder / "prompt.md").read_text(encoding="utf-8")
    match = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    try:
        fields = yaml.load(match[1], LOADER) if match else None  # noqa: S506 - both loaders are safe ones
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    if not match or not isinstance(fields, dict):
        raise ValueError("does not begin with fields between two lines of ---")
    return fields, text[match.end() :]


def split_sections(body: str) -> tuple[str, dict[str, str]]:
    """Return the text before the first of the known `## ` headings, and the text below each of them."""
    heading = "|".join(map(re.escape, SECTIONS))
    task, *rest = re.split(rf"^## ({heading})\n", body, flags=re.MULTILINE)
    return task.strip(), {name: text.strip() for name, text in zip(rest[::2], rest[1::2], strict=True)}


def find_field_problems(folder: Path, fields: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each thing that is wrong with the front matter."""
    where = f"{folder.name}/prompt.md"
    for name, kind in FIELDS.items():
        if not isinstance(fields.get(name), kind):
            yield f"{where}: {name} is {fields.get(name)!r}, which is no {kind.__name__}"
    yield from (f"{where}: {name} is not a field" for name in fields.keys() - FIELDS.keys())
    for entry in fields["forbids"] if isinstance(fields.get("forbids"), list) else ():
        if not is_family_or_name(str(entry)):
            yield f"{where}: forbids {entry}, which is neither a family of families.toml nor a full name"
    if fields.get("topic") != folder.parent.name:
        yield f"{where}: topic is {fields.get('topic')!r} in the folder {folder.parent.name}"
    if fields.get("level") not in (1, 2, 3):
        yield f"{where}: level is {fields.get('level')!r}, not 1, 2 or 3"
