"""What lint finds in a drill's folder without running anything: what is missing, and what does not belong there.

Only files that git tracks can be out of place: what Lab, macOS and editors leave behind is nobody's mistake. Where git
does not answer (an image, a download without .git) that check is left out. Left out as well: what running would show.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from interview_prep.catalog.drill import (
    FILES,
    SECTIONS,
    DrillError,
    list_mistakes,
    load_drill,
    read_prompt,
    split_sections,
)
from interview_prep.catalog.sources import mistake_summary


def validate_folder(folder: Path) -> Iterator[str]:
    """What keeps a folder from being a whole drill, each as one line that names the place."""
    try:
        load_drill(folder)
    except DrillError as error:
        yield from str(error).splitlines()
    yield from (f"{folder.name}/{name}: does not belong here" for name in stray_files(folder))
    wrong = list_mistakes(folder)
    if len(wrong) < 3:
        yield f"{folder.name}/wrong: {len(wrong)} wrong answers, at least 3 are needed"
    yield from (
        f"{folder.name}/wrong/{path.name}: has no docstring to say" for path in wrong if not mistake_summary(path)
    )
    yield from missing_sections(folder)


def missing_sections(folder: Path) -> Iterator[str]:
    try:
        _, body = read_prompt(folder)
    except (OSError, ValueError):  # named already
        return
    _, parts = split_sections(body)
    yield from (f"{folder.name}/prompt.md: has no section {name!r}" for name in SECTIONS if not parts.get(name))


def stray_files(folder: Path) -> list[str]:
    """The tracked files of a drill's folder that are no part of a drill."""
    belong = {*FILES, *(f"wrong/{path.name}" for path in list_mistakes(folder))}
    tracked = (tracked_files(folder) or set()) - belong
    return sorted(name for name in tracked if (folder / name).exists())  # or it was deleted, and will be untracked


def tracked_files(folder: Path) -> set[str] | None:
    """What git tracks below a folder, as paths from there; None where git does not answer."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(folder), "ls-files", "-z"]
    try:
        listed = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return set(os.fsdecode(listed).split("\0")) - {""}
