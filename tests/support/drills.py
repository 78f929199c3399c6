"""The smallest drill, which only tests judge: tests/support/drill_folders/golden/double/."""

from pathlib import Path

from interview_prep.catalog.drill import load_drill

DOUBLE = load_drill(Path(__file__).parent / "drill_folders" / "golden" / "double")
