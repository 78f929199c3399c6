"""What `invoke doctor` shows, as a table and as JSON. Prints nothing."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table

from interview_prep.gpu.facts import Finding


def render_checks(checks: Sequence[Finding], *, ready: bool) -> RenderableType:
    """A row for each check: ok or no, its name and the evidence, with the fix below if it is needed."""
    title = "This machine is ready." if ready else "This machine is not ready."
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), show_header=False)
    for check in checks:
        evidence = f"{check.evidence}\n[bold]{check.fix}[/]" if check.blocking else check.evidence
        table.add_row("[red]no[/]" if check.blocking else "[green]ok[/]", check.what, evidence)
    return table


def as_document(check: Finding) -> dict[str, object]:
    """One check as JSON has it."""
    return {"name": check.what, "ok": not check.blocking, "evidence": check.evidence, "fix": check.fix}
