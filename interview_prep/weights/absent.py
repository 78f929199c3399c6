"""Weights that are not here: the note in an image that was built without them, and the command that gets them.

Nobody can write into an image's weights, so only another build can add them. Left out: whether the weights that are
here are correct (cache.py). Standard library only, because Lab reads the note before it starts.
"""

import importlib.metadata
import os
from pathlib import Path

NOTE = "WITHOUT_WEIGHTS"  # the note's name in HF_HOME
IN_IMAGE = f"/opt/models/{NOTE}"


def write_note(set_name: str) -> str:
    """Leave a note in the image that is being built for a set. Returns its text."""
    text = (
        "This image has no pretrained weights, because the Hub could not be reached when it was built. Small models "
        f"are used instead. To add the weights, connect to the Hub, or set HF_ENDPOINT to a mirror, and run "
        f"{rebuild_command(set_name)}."
    )
    Path(os.environ["HF_HOME"], NOTE).write_text(f"{text}\n", encoding="utf-8")
    return text


def read_note() -> str:
    """The text of the note, or "" if there is none or weights have been added since."""
    home = os.environ.get("HF_HOME")
    if not home or any(Path(home).glob("hub/models--*/snapshots")):
        return ""
    try:
        return Path(home, NOTE).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def explain_fetch(set_name: str) -> str:
    """A sentence with the command that puts a set where this process looks for it."""
    if in_image():
        return f"The weights are part of the image. To get them, run {rebuild_command(set_name)} outside the container."
    return f"`invoke models --set {set_name} --fetch` downloads what is missing or damaged."


def in_image() -> bool:
    """Whether this process finds its weights in an image, where nobody can change them."""
    home = os.environ.get("HF_HOME")
    if not home or os.environ.get("PREP_CONTAINER") != "1":
        return False
    return Path(home).is_dir() and not os.access(home, os.W_OK)


def rebuild_command(set_name: str) -> str:
    """The build that requires weights. The variable also makes Docker run that step again, despite its cache."""
    service = "lab-cuda" if any(importlib.metadata.distributions(name="triton")) else "lab"  # torch for CUDA brings it
    variable = "" if set_name == "core" else f"MODELS={set_name} "
    return f"`{variable}MODELS_REQUIRED=1 docker compose build {service}`"
