"""Weights for an image that is being built, as MODELS and MODELS_REQUIRED say. The Dockerfiles run it.

Where no Hub can be reached the build goes on without weights, and a note in the image says so. A Hub that refuses, goes
away or sends other bytes fails the build, in one line.
"""

import os
import sys

from interview_prep.weights import absent, fetch, models_lock
from interview_prep.weights.reach import FetchError, UnreachableError

ADVICE = "Set HF_ENDPOINT to a Hub that has them, or MODELS=none to build without pretrained weights."


class InstallError(Exception):
    """Why the build fails: one line."""


def install_weights(chosen: str, required: str) -> str:
    """Fetch a set; what to say where the image has none of it. Raises InstallError."""
    if required not in {"", "0", "1"}:
        raise InstallError(f"MODELS_REQUIRED={required!r} is neither 1 nor 0.")
    try:
        models = models_lock.load_models(only=chosen)
        problems = fetch.fetch_models(models, lambda _: None)
    except models_lock.LockError as error:
        raise InstallError(f"MODELS={chosen}: docker/locks/models.lock: {error}") from None
    except UnreachableError as error:
        if required == "1":
            raise InstallError(f"{error.what}, and MODELS_REQUIRED=1 insists on weights. {ADVICE}") from None
        return f"WARNING: {error.what}. {absent.write_note(chosen)}"
    except FetchError as error:
        raise InstallError(f"{error} {ADVICE}") from None
    if problems:
        count = f"{len(problems)} of {sum(len(model.files) for model in models)} files"
        raise InstallError(f"{count} of the pretrained weights did not come; the first: {problems[0]}. {ADVICE}")
    return ""


def main() -> None:
    """Exit 1 with one line where the build fails."""
    try:
        said = install_weights(os.environ["MODELS"], os.environ.get("MODELS_REQUIRED", ""))
    except InstallError as error:
        sys.exit(str(error))
    if said:
        sys.stderr.write(f"{said}\n")


if __name__ == "__main__":
    main()
