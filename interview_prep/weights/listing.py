"""What `invoke models` lists for each model: how large it is, and whether it is there. Left out: how it looks."""

from collections.abc import Sequence
from typing import Any

from interview_prep.weights.cache import Problem, file_size, snapshot_folder
from interview_prep.weights.models_lock import Model


def make_row(model: Model, problems: Sequence[Problem]) -> tuple[str, ...]:
    """One line of the table: the task it's for, where it comes from, how large it is, and its state."""
    model_problems = [problem for problem in problems if problem.model == model.name]
    missing = sum(problem.cause == "missing" for problem in model_problems)
    state = "there" if not model_problems else "missing" if missing == len(model.files) else "incomplete"
    return model.name, model.repo, model.commit[:7], format_size(model), state


def make_entry(model: Model, problems: Sequence[Problem]) -> dict[str, Any]:
    """One model in the JSON document; `problems` are causes by file."""
    causes = {problem.file: problem.cause for problem in problems if problem.model == model.name}
    about = {"name": model.name, "repo": model.repo, "commit": model.commit, "license": model.license, "set": model.set}
    return {**about, "bytes": count_bytes(model), "folder": str(snapshot_folder(model)), "problems": causes}


def format_size(model: Model) -> str:
    """The size in megabytes, if the lock or the cache knows it."""
    locked = all(file.size for file in model.files if file.path.endswith(".safetensors"))
    return f"{count_bytes(model) / 1e6:,.0f} MB" if locked or snapshot_folder(model).exists() else "size unknown"


def count_bytes(model: Model) -> int:
    """The bytes of all files: as the lock says, or else as they are in the cache."""
    return sum(file.size or file_size(snapshot_folder(model) / file.path) for file in model.files)
