"""The task `invoke lock`: make the package locks again and name the files that changed."""

from interview_prep.console import Printer
from interview_prep.locks import resolve, write_locks
from interview_prep.paths import ROOT


def update_locks(*, upgrade: bool, extra_indexes: bool) -> None:
    """Make the locks; print which of them changed."""
    environment = resolve.read_uv_environment(extra_indexes=extra_indexes)
    changed = write_locks.write_locks(upgrade=upgrade, environment=environment)
    printer = Printer()
    for path in changed:
        printer.print_line(f"changed: {path.relative_to(ROOT)}")
    printer.print_line(
        "`git diff docker/locks` shows the changes." if changed else "The locks already match pyproject.toml."
    )
