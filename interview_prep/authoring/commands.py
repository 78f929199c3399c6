"""The task lint-drills: lint one drill or all of them, print a line for each, and exit with 1 where one is broken."""

import time

from invoke.exceptions import Exit

from interview_prep.authoring import view
from interview_prep.authoring.folder_lint import list_tracked_files
from interview_prep.authoring.lint import lint_drills
from interview_prep.catalog.find import find_drill_folder, list_drill_folders
from interview_prep.console import Printer
from interview_prep.paths import DRILLS


def run_lint(name: str) -> None:
    """Lint every drill, or one. Exits with 1 where a drill is broken."""
    folders = [find_drill_folder(name)] if name else list_drill_folders()
    printer, results, begin = Printer(), [], time.perf_counter()
    for result in lint_drills(folders):
        printer.print_view(view.render_lint_result(result))
        results.append(result)
    printer.print_line(view.format_summary(results, time.perf_counter() - begin))
    if list_tracked_files(DRILLS) is None:
        printer.print_line(
            "Not checked: files that do not belong in a drill. That needs git, and a checkout with its .git."
        )
    broken = sum(bool(result.problems) for result in results)
    if broken:
        raise Exit(f"{broken} of {len(results)} drills are broken.", code=1)
