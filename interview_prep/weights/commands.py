"""The task `invoke models`: the weights of the lock listed, verified byte by byte, fetched, or locked anew."""

import os
from collections.abc import Sequence
from typing import Any

from invoke.exceptions import Exit

from interview_prep.console import Printer
from interview_prep.weights import absent, cache, fetch, relock, view
from interview_prep.weights.models_lock import LockError, Model, load_models
from interview_prep.weights.reach import FetchError

SMALL_MODELS = "interview_prep/ml/huggingface/small_models"


def list_models(*, chosen: str, verified: bool, fetched: bool, json: bool) -> None:
    """List a set, after `fetched` or with every byte `verified`; raises Exit(1) unless all of it is there."""
    screen = Printer(json=json)
    models = load_locked_models(chosen)
    problems = fetch_with_progress(models, screen) if fetched else cache.verify_models(models, hashes=verified)
    rows = [make_row(model, problems) for model in models]
    not_here = {name for name, *_, state in rows if state == "missing"}
    screen.print_view(view.render_models(rows))
    shown = [str(problem) for problem in problems if fetched or problem.model not in not_here]
    for line in view.format_problems(shown):
        screen.print_line(line)
    if problems and not fetched:
        screen.print_line(f"{absent.say_how_to_bring(chosen)} Until then {SMALL_MODELS}/ serves.")
    entries = [make_entry(model, problems) for model in models]
    screen.print_json({"version": 2, "set": chosen, "complete": not problems, "models": entries})
    if problems:
        raise Exit(code=1)


def load_locked_models(chosen: str) -> list[Model]:
    """The models of a set; raises Exit(2) where the lock is not to be read."""
    try:
        return load_models(only=chosen)
    except LockError as error:
        raise Exit(f"docker/locks/models.lock: {error}", code=2) from None


def fetch_with_progress(models: Sequence[Model], screen: Printer) -> list[cache.Problem]:
    """Fetch with bars; raises Exit(2) where nothing can be written, and ends the process at Ctrl-C."""
    try:
        with view.show_downloads(screen.console) as watch:
            return fetch.fetch_models(models, watch)
    except FetchError as error:
        raise Exit(str(error), code=2) from None
    except KeyboardInterrupt:
        screen.print_line("Interrupted. The same command goes on from here.")
        screen.flush()
        os._exit(130)  # the downloads are threads, and they can be left at any moment


def make_row(model: Model, problems: Sequence[cache.Problem]) -> tuple[str, ...]:
    """One line of the table: what it serves, where from, how large, and whether it is there."""
    wrong = [problem for problem in problems if problem.model == model.name]
    missing = sum(problem.cause == "missing" for problem in wrong)
    state = "there" if not wrong else "missing" if missing == len(model.files) else "incomplete"
    return model.name, model.repo, model.commit[:7], format_size(model), state


def format_size(model: Model) -> str:
    known = (
        all(file.size for file in model.files if file.path.endswith(".safetensors"))
        or cache.snapshot_folder(model).exists()
    )
    return f"{count_bytes(model) / 1e6:,.0f} MB" if known else "size unknown"


def count_bytes(model: Model) -> int:
    """As the lock says, or as large as what is here."""
    return sum(file.size or cache.file_size(cache.snapshot_folder(model) / file.path) for file in model.files)


def make_entry(model: Model, problems: Sequence[cache.Problem]) -> dict[str, Any]:
    causes = {problem.file: problem.cause for problem in problems if problem.model == model.name}
    about = {"name": model.name, "repo": model.repo, "commit": model.commit, "licence": model.licence, "set": model.set}
    return {**about, "bytes": count_bytes(model), "folder": str(cache.snapshot_folder(model)), "problems": causes}


def relock_and_show(name: str, *, yes: bool) -> None:
    """Lock a model's newest commit, after the difference was shown and agreed to; raises Exit(1) where it was not."""
    screen = Printer()
    try:
        before, after = relock.relock_model(name)
    except LockError as error:
        raise Exit(f"docker/locks/models.lock: {error}", code=2) from None
    except FetchError as error:
        raise Exit(f"{name}: {error}", code=1) from None
    if before == after:
        screen.print_line(f"{name} is locked as the Hub has it.")
        return
    screen.show_diff(before, after)
    if not (yes or screen.confirm("Write this to docker/locks/models.lock?")):
        raise Exit("Nothing was written. `--yes` writes it without asking.", code=1)
    relock.write_lock(after)
