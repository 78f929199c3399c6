"""What `invoke doctor` shows. Prints nothing."""

from collections.abc import Iterable
from typing import Any

from rich.console import RenderableType
from rich.table import Table


def render_findings(title: str, findings: Iterable[Any]) -> RenderableType:
    """A table of findings, each with `name`, `ok`, `evidence` and `fix`; the fix is shown where it is needed."""
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), show_header=False)
    for each in findings:
        mark = "[green]ok[/]" if each.ok else "[red]no[/]"
        table.add_row(mark, each.name, each.evidence if each.ok else f"{each.evidence}\n[bold]{each.fix}[/]")
    return table
