"""All drills, in the order in which they are shown, and one of them by the name that a person types."""

import difflib
from pathlib import Path

from interview_prep.catalog.drill import Drill, load_drill
from interview_prep.errors import KitError
from interview_prep.paths import DRILLS


class UnknownDrillError(KitError):
    """No drill has this name."""


def list_drill_folders(drills: Path = DRILLS) -> list[Path]:
    """List every drill's folder, by topic and name."""
    return sorted(path.parent for path in drills.glob("[!.]*/[!.]*/prompt.md"))


def load_catalog(drills: Path = DRILLS) -> list[Drill]:
    """Load every drill, by topic and level. Raises DrillError for the first that cannot be read."""
    return sorted(map(load_drill, list_drill_folders(drills)), key=lambda drill: (drill.topic, drill.level, drill.name))


def find_drill(name: str, drills: Path = DRILLS) -> Drill:
    """Load the drill of this name. Raises UnknownDrillError, and DrillError where it cannot be read."""
    return load_drill(find_drill_folder(name, drills))


def find_drill_folder(name: str, drills: Path = DRILLS) -> Path:
    """Find a drill's folder by its name; TOPIC/NAME, NAME/ and NAME.py are understood too.

    Raises UnknownDrillError, which suggests the nearest name.
    """
    if not name:
        raise UnknownDrillError(
            "Which drill? `invoke drills` lists them all; `invoke practice` opens the first one you haven't solved."
        )
    short_name = name.strip().rstrip("/").rpartition("/")[2].removesuffix(".py")
    folders = {folder.name: folder for folder in list_drill_folders(drills)}
    if short_name not in folders:
        near = difflib.get_close_matches(short_name, folders, n=1, cutoff=0.5)
        suggestion = f", but {near[0]!r}" if near else ""
        raise UnknownDrillError(f"No drill {name!r}{suggestion}. `invoke drills` lists all {len(folders)}.")
    return folders[short_name]
