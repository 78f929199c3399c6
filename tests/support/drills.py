"""The smallest drill, which only tests judge (drill_folders/golden/double/), and known mistakes as files."""

from pathlib import Path

from interview_prep.catalog.drill import load_drill
from interview_prep.catalog.mistakes import load_mistakes

DOUBLE = load_drill(Path(__file__).parent / "drill_folders" / "golden" / "double")


def write_mistake(folder: Path, name: str, target: Path) -> Path:
    """Write a known mistake of the drill in `folder` to a file, and return that."""
    target.write_text(next(mistake.source for mistake in load_mistakes(folder) if mistake.name == name))
    return target
