"""What lint finds in a drill's folder without running anything: what is missing, and what does not belong there.

Only files that git tracks can be out of place, because Lab, macOS and editors leave files of their own everywhere.
Where git does not answer (an image, a download without .git) nothing is. Left out: what running shows (lint.py).
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from interview_prep.catalog.coach import FOLLOW_UP, SECTIONS, split_sections
from interview_prep.catalog.drill import FILES, DrillError, load_drill
from interview_prep.catalog.mistakes import list_programs, read_mistakes
from interview_prep.catalog.prompt import count_task_words

MIN_MISTAKES = 3
WORDS_A_MINUTE = 12.5  # of a drill: its task is read in a tenth of its minutes, at 125 words a minute


def validate_folder(folder: Path) -> Iterator[str]:
    """Yield a line, which names the place, for everything that keeps a folder from being a whole drill."""
    try:
        drill = load_drill(folder)
    except DrillError as error:
        yield from error.problems
    else:
        words, most = count_task_words(drill.task), int(drill.minutes * WORDS_A_MINUTE)
        if words > most:
            yield f"{folder.name}/prompt.md: the task has {words} words, at most {most} can be read in time"
    yield from (f"{folder.name}/{name}: does not belong here" for name in find_stray_files(folder))
    mistakes, problems = read_mistakes(folder)
    yield from problems
    if len(mistakes) < MIN_MISTAKES:
        yield f"{folder.name}/mistakes.toml: {len(mistakes)} known mistakes, at least {MIN_MISTAKES} are needed"
    yield from find_section_problems(folder)


def find_section_problems(folder: Path) -> Iterator[str]:
    """Yield a line for each section that the coach lacks, that spoils the task in the prompt, or that nothing shows."""
    prompt, coach = (
        split_sections((folder / name).read_text("utf-8")) if (folder / name).is_file() else None
        for name in ("prompt.md", "coach.md")
    )
    for name in SECTIONS:
        if coach is not None and not coach.get(name):
            yield f"{folder.name}/coach.md: has no section {name!r}"
        if name in (prompt or {}):
            yield f"{folder.name}/prompt.md: {name!r} spoils the task, and belongs in coach.md"
    rest = FOLLOW_UP.sub("", (coach or {}).get("Follow-ups", "")).split()
    if rest:
        yield f"{folder.name}/coach.md: {' '.join(rest[:5])!r} in the follow-ups isn't a question with a folded answer"


def find_stray_files(folder: Path) -> list[str]:
    """Find the tracked files that are no part of a drill."""
    expected = {*FILES, *(f"mistakes/{path.name}" for path in list_programs(folder))}
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
