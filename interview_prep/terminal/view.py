"""The one screen of a practice session. Prints nothing."""

from pathlib import Path

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.text import Text

from interview_prep.catalog.drill import Drill
from interview_prep.practice.view import link_path

KEYS = "n next  p task  h hint  v repro  a answers  l list  s solution  r reset  q quit"


def render_frame(drill: Drill, answer: Path, progress: RenderableType, body: RenderableType) -> RenderableType:
    """Progress, the drill with its answer's path, what is shown just now, and the keys."""
    title = Text.assemble((drill.title, "bold"), "  ", link_path(answer))
    return Group(progress, title, Rule(style="dim"), body, Text(KEYS, style="dim"))


def render_message(text: str) -> RenderableType:
    """One sentence in place of everything else."""
    return Text(f"{text}\n", "bold")
