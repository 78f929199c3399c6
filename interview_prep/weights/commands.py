"""The task `invoke models`: the weights of the lock listed, verified byte by byte, fetched, or locked anew."""

import os
from collections.abc import Sequence
from typing import Any

from invoke.exceptions import Exit

from interview_prep.console import Screen
from interview_prep.weights import absent, cache, fetch, relock
from interview_prep.weights.models_lock import LockError, Model, read
from interview_prep.weights.reach import FetchError

SMALL_MODELS = "interview_prep/ml/huggingface/small_models"


def show(*, chosen: str, verified: bool, fetched: bool, json: bool) -> None:
    """List a set, after `fetched` or with every byte `verified`; raises Exit(1) unless all of it is there."""
    screen = Screen(json=json)
    models = locked(chosen)
    problems = bring(models, screen) if fetched else cache.verify(models, hashes=verified)
    rows = [row(model, problems) for model in models]
    not_here = {name for name, *_, state in rows if state == "missing"}
    screen.models(rows, [str(problem) for problem in problems if fetched or problem.model not in not_here])
    if problems and not fetched:
        screen.say(f"{absent.say_how_to_bring(chosen)} Until then {SMALL_MODELS}/ serves.")
    entries = [entry(model, problems) for model in models]
    screen.document({"version": 1, "set": chosen, "complete": not problems, "models": entries})
    if problems:
        raise Exit(code=1)


def locked(chosen: str) -> list[Model]:
    """The models of a set; raises Exit(2) where the lock is not to be read."""
    try:
        return read(only=chosen)
    except LockError as error:
        raise Exit(f"docker/locks/models.lock: {error}", code=2) from None


def bring(models: Sequence[Model], screen: Screen) -> list[cache.Problem]:
    """Fetch with bars; raises Exit(2) where nothing can be written, and ends the process at Ctrl-C."""
    try:
        with screen.transfers() as watch:
            return fetch.fetch(models, watch)
    except FetchError as error:
        raise Exit(str(error), code=2) from None
    except KeyboardInterrupt:
        screen.say("Interrupted. The same command goes on from here.")
        screen.flush()
        os._exit(130)  # the downloads are threads, and they can be left at any moment


def row(model: Model, problems: Sequence[cache.Problem]) -> tuple[str, ...]:
    """One line of the table: what it serves, where from, how large, and whether it is there."""
    wrong = [problem for problem in problems if problem.model == model.name]
    missing = sum(problem.cause == "missing" for problem in wrong)
    state = "there" if not wrong else "missing" if missing == len(model.files) else "incomplete"
    return model.name, model.repo, model.commit[:7], size_of(model), state


def size_of(model: Model) -> str:
    known = (
        all(file.size for file in model.files if file.path.endswith(".safetensors")) or cache.snapshot(model).exists()
    )
    return f"{bytes_of(model) / 1e6:,.0f} MB" if known else "size unknown"


def bytes_of(model: Model) -> int:
    """As the lock says, or as large as what is here."""
    return sum(file.size or cache.size(cache.snapshot(model) / file.path) for file in model.files)


def entry(model: Model, problems: Sequence[cache.Problem]) -> dict[str, Any]:
    causes = {problem.file: problem.cause for problem in problems if problem.model == model.name}
    about = {"name": model.name, "repo": model.repo, "commit": model.commit, "licence": model.licence, "set": model.set}
    return {**about, "bytes": bytes_of(model), "folder": str(cache.snapshot(model)), "problems": causes}


def renew(name: str, *, yes: bool) -> None:
    """Lock a model's newest commit, after the difference was shown and agreed to; raises Exit(1) where it was not."""
    screen = Screen()
    try:
        before, after = relock.relocked(name)
    except LockError as error:
        raise Exit(f"docker/locks/models.lock: {error}", code=2) from None
    except FetchError as error:
        raise Exit(f"{name}: {error}", code=1) from None
    if before == after:
        screen.say(f"{name} is locked as the Hub has it.")
        return
    screen.difference(before, after)
    if not (yes or screen.agreed("Write this to docker/locks/models.lock?")):
        raise Exit("Nothing was written. `--yes` writes it without asking.", code=1)
    relock.write(after)
