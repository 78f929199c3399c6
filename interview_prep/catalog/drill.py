"""A drill is a folder: prompt.md, start.py, solution.py, test_answer.py, wrong/. Its name is the folder's.

Only the front matter of the prompt is read at once; everything else is read when it is shown. What Lab, macOS and
editors leave in the folder is ignored. Left out: whether the checks are any good, which lint proves.
"""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interview_prep.catalog.prompt import Prompt, find_field_problems, load_prompt, read_prompt
from interview_prep.errors import KitError

FILES = ("prompt.md", "start.py", "solution.py", "test_answer.py")


class DrillError(KitError):
    """A folder that cannot be read as a drill. `problems` has a line for each thing that is wrong with it."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(f"{problems[0]}. `invoke lint-drills {name}` says all that is wrong with this drill.")


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
        """What the candidate is asked and told, read when it is first used."""
        return load_prompt(self.folder)


def list_mistakes(folder: Path) -> list[Path]:
    """List the known wrong answers in a drill's folder."""
    return sorted((folder / "wrong").glob("[!.]*.py"))


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
    return Drill(folder, **{**fields, "forbids": tuple(fields["forbids"]), "tags": tuple(fields["tags"])})
