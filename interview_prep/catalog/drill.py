"""A drill is a folder: prompt.md, start.py, solution.py, test_answer.py, wrong/. Its name is the folder's.

The catalog reads the front matter of each prompt; everything else of a drill is read when it is shown. What Lab, macOS
and editors leave in the folders is never looked at. Left out: whether a folder is complete and its checks are any
good. That is for lint to say.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from interview_prep import paths

DRILLS = paths.DRILLS
FILES = ("prompt.md", "start.py", "solution.py", "test_answer.py")
FIELDS = {"title": str, "topic": str, "level": int, "minutes": int, "forbids": list, "tags": list}
HINTS = ("Hint 1", "Hint 2", "Hint 3")
SECTIONS = (*HINTS, "Follow-ups", "Say aloud")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times faster, and not in every wheel


class DrillError(Exception):
    """A folder that cannot be read as a drill: every problem of it, one a line."""


@dataclass(frozen=True)
class Prompt:
    """prompt.md below its front matter, in Markdown. What it lacks is empty here; lint says what that is."""

    task: str
    hints: tuple[str, ...]
    follow_ups: str
    say_aloud: str


@dataclass(frozen=True)
class Drill:
    """A drill as the catalog has it: its folder, and the front matter of its prompt."""

    folder: Path
    title: str
    topic: str
    level: int  # 1 to 3
    minutes: int
    forbids: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def start(self) -> Path:
        return self.folder / "start.py"

    @property
    def solution(self) -> Path:
        return self.folder / "solution.py"

    @property
    def checks(self) -> Path:
        return self.folder / "test_answer.py"

    @property
    def mistakes(self) -> list[Path]:
        return list_mistakes(self.folder)

    @functools.cached_property
    def prompt(self) -> Prompt:
        """What the candidate is asked and told, read at the first use."""
        _, body = read_prompt(self.folder)
        task, parts = split_sections(body)
        hints = tuple(parts[name] for name in HINTS if name in parts)
        return Prompt(task, hints, parts.get("Follow-ups", ""), parts.get("Say aloud", ""))


def find_drill_folders(drills: Path = DRILLS) -> list[Path]:
    """Every drill's folder, by topic and name."""
    return sorted(path.parent for path in drills.glob("[!.]*/[!.]*/prompt.md"))


def load_catalog(drills: Path = DRILLS) -> list[Drill]:
    """Every drill, by topic and level; raises DrillError for the first that cannot be read."""
    return sorted(map(load_drill, find_drill_folders(drills)), key=lambda drill: (drill.topic, drill.level, drill.name))


def list_mistakes(folder: Path) -> list[Path]:
    """The known wrong answers of the drill in a folder."""
    return sorted((folder / "wrong").glob("[!.]*.py"))


def load_drill(folder: Path) -> Drill:
    """Read the front matter of a drill; raises DrillError with everything that is in the way."""
    found = [f"{folder.name}/{name}: missing" for name in FILES if not (folder / name).is_file()]
    fields: dict[str, Any] = {}
    if (folder / "prompt.md").is_file():
        try:
            fields, _ = read_prompt(folder)
            found += find_field_problems(folder, fields)
        except ValueError as error:
            found.append(f"{folder.name}/prompt.md: {error}")
    if found:
        raise DrillError("\n".join(found))
    return Drill(folder, **{**fields, "forbids": tuple(fields["forbids"]), "tags": tuple(fields["tags"])})


def find_field_problems(folder: Path, fields: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the front matter, a line each."""
    where = f"{folder.name}/prompt.md"
    for name, kind in FIELDS.items():
        if not isinstance(fields.get(name), kind):
            yield f"{where}: {name} is {fields.get(name)!r}, which is no {kind.__name__}"
    yield from (f"{where}: {name} is not a field" for name in fields.keys() - FIELDS.keys())
    if fields.get("topic") != folder.parent.name:
        yield f"{where}: topic is {fields.get('topic')!r} in the folder {folder.parent.name}"
    if fields.get("level") not in (1, 2, 3):
        yield f"{where}: level is {fields.get('level')!r}, not 1, 2 or 3"


def read_prompt(folder: Path) -> tuple[dict[str, Any], str]:
    """The front matter of a prompt and the text below it; raises ValueError, in one line, where there is none."""
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
    """What stands before the first second-level heading that is one of ours, and the text below each of them."""
    heading = "|".join(map(re.escape, SECTIONS))
    task, *rest = re.split(rf"^## ({heading})\n", body, flags=re.MULTILINE)
    return task.strip(), {name: text.strip() for name, text in zip(rest[::2], rest[1::2], strict=True)}
