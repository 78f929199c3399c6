"""`invoke gpu-check`. Left out: the plain script, which works without invoke and rich (gpu_check.py)."""

from invoke.exceptions import Exit

from interview_prep.console import Printer
from interview_prep.gpu.report import build_report, format_lines
from interview_prep.gpu.view import render_report


def run_gpu_check(*, json: bool) -> None:
    """Print the report, in a terminal as a table; raise Exit(1) if the GPU can't be used."""
    printer, report = Printer(json=json), build_report()
    if printer.console.is_terminal and report.measurements:
        printer.print_view(render_report(report))
    else:
        printer.print_line("\n".join(format_lines(report)))
    printer.print_json(report.as_document())
    if not report.ready:
        raise Exit(code=1)
