"""The report as a table of at most 80 columns, for a terminal. Prints nothing; the plain script doesn't use it."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from interview_prep.gpu.report import Report, describe_basis, format_findings, format_rows, summarize_report

COLORS = {"low": "red", "wrong result": "red", "failed": "red", "as it should be": "green"}


def render_report(report: Report) -> RenderableType:
    """A row for each measurement, where the limits come from, then the findings."""
    table = Table(title=summarize_report(report), title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("measured", no_wrap=True)
    for column in ("", "of its limit"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column()
    for name, value, share, meaning in format_rows(report):
        table.add_row(name, value, share, Text(meaning, COLORS.get(meaning, "")))
    texts = [describe_basis(report), *format_findings(report.findings)]
    return Group(table, *(Text(text) for text in texts))
