"""A drill is a folder with the FILES below, and mistakes/ where there are any. Its name is the folder's.

Only the front matter of the prompt is read at once; everything else is read when it is shown. What Lab, macOS and
editors leave in the folder is ignored. Left out: whether the checks are any good, which lint proves.
"""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interview_prep.catalog.coach import Coach, load_coach
from interview_prep.catalog.prompt import find_field_problems, read_prompt
from interview_prep.errors import KitError

FILES = ("prompt.md", "coach.md", "start.py", "solution.py", "test_answer.py", "mistakes.toml")


class DrillError(KitError):
    """A folder that cannot be read as a drill. `problems` has a line for each thing that is wrong with it."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"{problems[0]}. `invoke lint-drills {name}` lists everything that is wrong with this drill.")


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
    after: tuple[str, ...] = ()  # names of drills that come first
    reported: tuple[str, ...] = ()  # where and when such a round was reported

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

    @functools.cached_property
    def task(self) -> str:
        """What the candidate is asked, in Markdown, read when it is first used."""
        _, task = read_prompt(self.folder)
        return task

    @functools.cached_property
    def coach(self) -> Coach:
        """What the candidate is told who asks for it, read when it is first used."""
        return load_coach(self.folder)


def load_drill(folder: Path) -> Drill:
    """Read a drill's front matter. Raises DrillError with everything that is wrong with the folder."""
    problems = [f"{folder.name}/{name}: missing" for name in FILES if not (folder / name).is_file()]
    fields: dict[str, Any] = {}
    if (folder / "prompt.md").is_file():
        try:
            fields, _ = read_prompt(folder)
            problems += find_field_problems(folder, fields)
        except ValueError as error:
            problems.append(f"{folder.name}/prompt.md: {error}")
    if problems:
        raise DrillError(folder.name, problems)
    tuples = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    return Drill(folder, **{**fields, **tuples})
