"""Fetch the weights for an image that is being built, as MODELS and MODELS_REQUIRED say. The Dockerfiles run this.

If no Hub can be reached, the build continues without weights, and a note in the image says so. If a Hub refuses, goes
away or sends the wrong bytes, the build fails with one line. Left out: the token and the certificates, which
docker/install-models sets.
"""

import os
import sys

from interview_prep.errors import KitError
from interview_prep.weights import absent, fetch, models_lock
from interview_prep.weights.reach import FetchError, UnreachableError

ADVICE = "Set HF_ENDPOINT to a Hub that has them, or MODELS=none to build without pretrained weights."


class InstallError(KitError):
    """Why the build fails, in one line."""


def install_weights(set_name: str, required: str) -> str:
    """Fetch a set. Returns a warning if no Hub can be reached, else "". Raises InstallError to fail the build."""
    if required not in {"", "0", "1"}:
        raise InstallError(f"MODELS_REQUIRED={required!r} is neither 1 nor 0.")
    try:
        models = models_lock.load_models(set_name)
        problems = fetch.fetch_models(models, lambda _: None)
    except models_lock.ModelsLockError as error:
        raise InstallError(f"MODELS={set_name}: {error}") from None
    except UnreachableError as error:
        if required == "1":
            raise InstallError(f"{error.problem}, and MODELS_REQUIRED=1 requires weights. {ADVICE}") from None
        return f"WARNING: {error.problem}. {absent.write_note(set_name)}"
    except FetchError as error:
        raise InstallError(f"{error} {ADVICE}") from None
    if problems:
        count = f"{len(problems)} of {sum(len(model.files) for model in models)} files"
        raise InstallError(f"{count} of pretrained weights could not be fetched; the first: {problems[0]}. {ADVICE}")
    return ""


def main() -> None:
    """Exit 1 with one line if the build fails."""
    try:
        warning = install_weights(os.environ["MODELS"], os.environ.get("MODELS_REQUIRED", ""))
    except InstallError as error:
        sys.exit(str(error))
    if warning:
        sys.stderr.write(f"{warning}\n")


if __name__ == "__main__":
    main()
