"""A report as rich renderables in at most 80 columns, for a terminal. Prints nothing; not used by the plain script."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from interview_prep.gpu.report import Report, describe_basis, format_findings, format_rows, summarize_report

COLOURS = {"low": "red", "wrong result": "red", "failed": "red", "as it should be": "green"}


def render_report(report: Report) -> RenderableType:
    """A row a measurement, where the limits come from, then what is the matter."""
    table = Table(title=summarize_report(report), title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("measured", no_wrap=True)
    for column in ("", "of its limit"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column()
    for name, much, part, words in format_rows(report):
        table.add_row(name, much, part, Text(words, COLOURS.get(words, "")))
    texts = [describe_basis(report), *format_findings(report.findings)]
    return Group(table, *(Text(text) for text in texts))
