"""The task `invoke models`: list the locked weights, verify them byte by byte, fetch them, or relock them."""

import os
from collections.abc import Sequence

from invoke.exceptions import Exit

from interview_prep.console import Printer
from interview_prep.files import write_atomically
from interview_prep.streams import flush_streams
from interview_prep.weights import absent, cache, models_lock, view
from interview_prep.weights.fetch import fetch_models
from interview_prep.weights.listing import make_entry, make_row
from interview_prep.weights.models_lock import Model
from interview_prep.weights.reach import FetchError
from interview_prep.weights.relock import relock_model

SMALL_MODELS = "interview_prep/ml/huggingface/small_models"


def list_models(*, set_name: str, verify: bool, fetch: bool, json: bool) -> None:
    """List a set, after fetching it or with every byte verified; raises Exit(1) unless all of it is there."""
    printer = Printer(json=json)
    models = models_lock.load_models(set_name)
    problems = fetch_with_progress(models, printer) if fetch else cache.verify_models(models, hashes=verify)
    rows = [make_row(model, problems) for model in models]
    missing = {name for name, *_, state in rows if state == "missing"}
    printer.print_view(view.render_models(rows))
    for line in view.format_problems([str(each) for each in problems if fetch or each.model not in missing]):
        printer.print_line(line)
    if problems and not fetch:
        printer.print_line(f"{absent.explain_fetch(set_name)} Until then, {SMALL_MODELS}/ is used.")
    entries = [make_entry(model, problems) for model in models]
    printer.print_json({"version": 2, "set": set_name, "complete": not problems, "models": entries})
    if problems:
        raise Exit(code=1)


def fetch_with_progress(models: Sequence[Model], printer: Printer) -> list[cache.Problem]:
    """Fetch with bars; Ctrl-C ends the process with code 130."""
    try:
        with view.show_downloads(printer.console) as watch:
            return fetch_models(models, watch)
    except KeyboardInterrupt:
        printer.print_line("Interrupted. Run the same command again to continue from here.")
        flush_streams()
        os._exit(130)  # the downloads are threads, and they can be left at any moment


def relock_and_show(name: str, *, yes: bool) -> None:
    """Show what locking a model's newest commit would change, and write it after a yes; otherwise raise Exit(1)."""
    printer = Printer()
    try:
        before, after = relock_model(name)
    except FetchError as error:
        raise Exit(f"{name}: {error}", code=1) from None
    if before == after:
        printer.print_line(f"{name} is already locked at the Hub's newest commit.")
        return
    printer.show_diff(before, after, ("locked", "on the Hub"))
    if not (yes or printer.confirm("Write this to docker/locks/models.lock?")):
        raise Exit("Nothing was written. `--yes` writes it without asking.", code=1)
    write_atomically(models_lock.LOCK, after)
