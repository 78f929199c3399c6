"""What lint finds in a drill's folder without running anything: what is missing, and what does not belong there.

Only files that git tracks can be out of place, because Lab, macOS and editors leave files of their own everywhere.
Where git does not answer (an image, a download without .git) nothing is. Left out: what running shows (lint.py).
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from interview_prep.catalog.drill import FILES, DrillError, list_mistakes, load_drill
from interview_prep.catalog.prompt import SECTIONS, read_prompt, split_sections
from interview_prep.catalog.sources import summarize_mistake


def validate_folder(folder: Path) -> Iterator[str]:
    """Yield a line, which names the place, for everything that keeps a folder from being a whole drill."""
    try:
        load_drill(folder)
    except DrillError as error:
        yield from error.problems
    yield from (f"{folder.name}/{name}: does not belong here" for name in find_stray_files(folder))
    mistakes = list_mistakes(folder)
    if len(mistakes) < 3:
        yield f"{folder.name}/wrong: {len(mistakes)} wrong answers, at least 3 are needed"
    for path in mistakes:
        if not summarize_mistake(path):
            yield f"{folder.name}/wrong/{path.name}: has no docstring to show"
    yield from find_missing_sections(folder)


def find_missing_sections(folder: Path) -> Iterator[str]:
    """Yield a line for each section that the prompt lacks; none where it cannot be read, which load_drill reports."""
    try:
        _, body = read_prompt(folder)
    except (OSError, ValueError):
        return
    _, sections = split_sections(body)
    yield from (f"{folder.name}/prompt.md: has no section {name!r}" for name in SECTIONS if not sections.get(name))


def find_stray_files(folder: Path) -> list[str]:
    """Find the tracked files that are no part of a drill."""
    expected = {*FILES, *(f"wrong/{path.name}" for path in list_mistakes(folder))}
    tracked = (list_tracked_files(folder) or set()) - expected
    return sorted(name for name in tracked if (folder / name).exists())  # a deleted one is tracked until the commit


def list_tracked_files(folder: Path) -> set[str] | None:
    """List what git tracks below a folder, as paths from there; None where git does not answer."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(folder), "ls-files", "-z"]
    try:
        output = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return set(os.fsdecode(output).split("\0")) - {""}
