"""The frame of the one screen, from plain values."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from interview_prep.catalog.drill import Drill
from interview_prep.terminal import view


def test_frame_has_progress_title_path_body_and_keys(drill: Drill) -> None:
    """In this order, with a rule below the head, in 80 columns."""
    console = Console(width=80, color_system=None)
    with console.capture() as drawn:
        console.print(view.render_frame(drill, Path("/work/a.py"), Text("3 of 43 solved"), view.render_message("So.")))
    assert [line.rstrip() for line in drawn.get().splitlines()] == [
        "3 of 43 solved",
        f"{drill.title}  /work/a.py",
        "─" * 80,
        "So.",
        "",
        "n next  p task  h hint  v repro  a answers  l list  s solution  r reset  q quit",
    ]
