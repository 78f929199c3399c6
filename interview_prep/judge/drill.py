"""A drill is a folder: prompt.md, start.py, solution.py, test_answer.py, wrong/. Its name is the folder's.

The listing of the folders is the catalogue. Left out: whether the checks are any good, which `lint` finds by running.
"""

import ast
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from interview_prep import paths

DRILLS = paths.DRILLS
FILES = ("prompt.md", "start.py", "solution.py", "test_answer.py")
FIELDS = {"title": str, "topic": str, "level": int, "minutes": int, "forbids": list, "tags": list}
SECTIONS = ("Hint 1", "Hint 2", "Hint 3", "Follow-ups", "Say aloud")
PARSING = threading.Lock()


class DrillError(Exception):
    """A folder that is no drill: every problem of it, one a line."""


@dataclass(frozen=True)
class Drill:
    """What a candidate is asked, as read from its folder."""

    folder: Path
    title: str
    topic: str
    level: int  # 1 to 3
    minutes: int
    forbids: tuple[str, ...]
    tags: tuple[str, ...]
    task: str  # Markdown
    hints: tuple[str, ...]
    follow_ups: str
    say_aloud: str

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
    def wrong(self) -> list[Path]:
        return sorted((self.folder / "wrong").glob("*.py"))


def folders(drills: Path = DRILLS) -> list[Path]:
    """Every drill's folder, by topic and name."""
    return sorted(path.parent for path in drills.glob("*/*/prompt.md"))


def catalogue(drills: Path = DRILLS) -> list[Drill]:
    """Every drill, by topic and level; raises DrillError for the first that is none."""
    return sorted(map(read, folders(drills)), key=lambda drill: (drill.topic, drill.level, drill.name))


def read(folder: Path) -> Drill:
    """Read a drill; raises DrillError with every problem of its folder."""
    found = list(problems(folder))
    if found:
        raise DrillError("\n".join(found))
    fields, body = front_matter((folder / "prompt.md").read_text(encoding="utf-8"))
    task, parts = sections(body)
    return Drill(
        folder,
        title=fields["title"],
        topic=fields["topic"],
        level=fields["level"],
        minutes=fields["minutes"],
        forbids=tuple(fields["forbids"]),
        tags=tuple(fields["tags"]),
        task=task,
        hints=tuple(parts[f"Hint {number}"] for number in (1, 2, 3)),
        follow_ups=parts["Follow-ups"],
        say_aloud=parts["Say aloud"],
    )


def problems(folder: Path) -> Iterator[str]:
    """All that keeps a folder from being a drill, each as one line that names the place."""
    absent = [name for name in FILES if not (folder / name).is_file()]
    yield from (f"{folder.name}/{name}: missing" for name in absent)
    stray = sorted(path.name for path in folder.iterdir() if path.name not in {*FILES, "wrong", "__pycache__"})
    yield from (f"{folder.name}/{name}: does not belong here" for name in stray)
    wrong = sorted((folder / "wrong").glob("*.py"))
    if len(wrong) < 3:
        yield f"{folder.name}/wrong: {len(wrong)} wrong answers, at least 3 are needed"
    yield from (f"{folder.name}/wrong/{path.name}: has no docstring to say" for path in wrong if not sentence(path))
    if "prompt.md" not in absent:
        yield from prompt_problems(folder)


def prompt_problems(folder: Path) -> Iterator[str]:
    where = f"{folder.name}/prompt.md"
    try:
        fields, body = front_matter((folder / "prompt.md").read_text(encoding="utf-8"))
    except (ValueError, yaml.YAMLError) as error:
        yield f"{where}: {error}"
        return
    for name, kind in FIELDS.items():
        if not isinstance(fields.get(name), kind):
            yield f"{where}: {name} is {fields.get(name)!r}, which is no {kind.__name__}"
    yield from (f"{where}: {name} is not a field" for name in fields.keys() - FIELDS.keys())
    if fields.get("topic") != folder.parent.name:
        yield f"{where}: topic is {fields.get('topic')!r} in the folder {folder.parent.name}"
    if fields.get("level") not in (1, 2, 3):
        yield f"{where}: level is {fields.get('level')!r}, not 1, 2 or 3"
    _, parts = sections(body)
    yield from (f"{where}: has no section {name!r}" for name in SECTIONS if not parts.get(name))


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The fields between the first two lines of ---, and what follows; raises ValueError where there are none."""
    match = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    fields = yaml.safe_load(match[1]) if match else None
    if not match or not isinstance(fields, dict):
        raise ValueError("does not begin with fields between two lines of ---")
    return fields, text[match.end() :]


def sections(body: str) -> tuple[str, dict[str, str]]:
    """What stands before the first second-level heading that is one of ours, and the text below each of them."""
    heading = "|".join(map(re.escape, SECTIONS))
    task, *rest = re.split(rf"^## ({heading})\n", body, flags=re.MULTILINE)
    return task.strip(), {name: text.strip() for name, text in zip(rest[::2], rest[1::2], strict=True)}


def parsed(path: Path) -> ast.Module:
    """A program's syntax tree, from any thread: Python before 3.11.5 can raise SystemError where two parse at once."""
    with PARSING:
        return ast.parse(path.read_bytes())


def wants(drill: Drill) -> list[str]:
    """What the checks import of an answer."""
    imports = [node for node in parsed(drill.checks).body if isinstance(node, ast.ImportFrom)]
    return [alias.name for node in imports if node.module == "answer" for alias in node.names]


def sentence(wrong: Path) -> str:
    """What the maker of this mistake should read: the first line of the docstring, or ""."""
    try:
        docstring = ast.get_docstring(parsed(wrong))
    except SyntaxError:
        return ""
    return (docstring or "").partition("\n")[0]
