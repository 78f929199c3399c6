"""What `invoke lint-drills` shows: a line a drill with its problems below, and a sum. Left out: what is looked for."""

import time

from invoke.exceptions import Exit
from rich.console import Group, RenderableType
from rich.text import Text

from interview_prep.authoring.folder_lint import tracked_files
from interview_prep.authoring.lint import LintResult, lint_drills
from interview_prep.catalog import drill as drills
from interview_prep.console import Printer
from interview_prep.practice import commands


def run_lint(name: str) -> None:
    """Prove every drill, or one; raises Exit(1) where a contract is broken."""
    known = {folder.name: folder for folder in drills.find_drill_folders()}
    if name and name not in known:
        commands.find_drill(name)  # says what is meant
    chosen = [known[name]] if name else list(known.values())
    screen, findings, begin = Printer(), [], time.perf_counter()
    for finding in lint_drills(chosen):
        screen.print_view(render_lint_result(finding))
        findings.append(finding)
    seconds = time.perf_counter() - begin
    broken = [finding for finding in findings if finding.problems]
    wrong, verdicts = sum(each.mistakes for each in findings), sum(each.verdicts for each in findings)
    each = f"{seconds * 1000 / verdicts:.0f} ms a verdict" if verdicts else "none could be judged"
    screen.print_line(
        f"{len(findings)} drills, {wrong} wrong answers, {verdicts} verdicts in {seconds:.1f} s ({each})."
    )
    if tracked_files(drills.DRILLS) is None:
        screen.print_line(
            "Not checked: files that do not belong in a drill. That needs git, and a checkout with its .git."
        )
    if broken:
        raise Exit(f"{len(broken)} of {len(findings)} drills are broken.", code=1)


def render_lint_result(found: LintResult) -> RenderableType:
    """One drill's line, with its problems below."""
    mark = Text("no ", style="red") if found.problems else Text("ok ", style="green")
    counts = f"{found.mistakes:3} wrong, {found.verdicts:3} verdicts, {found.seconds:4.1f} s"
    line = Text.assemble(mark, f"{found.drill:32}", (counts, "dim"))
    return Group(line, *(Text(f"   {problem}", style="red") for problem in found.problems))
