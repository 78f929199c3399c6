"""Weights that are not here: the note in an image that was built without them, and the command that brings them.

Nobody can write into an image's weights, so only another build brings them. Left out: whether the weights that are here
are right (cache.py). Standard library only, because Lab looks at the note before it starts.
"""

import importlib.metadata
import os
from pathlib import Path

NOTE = "WITHOUT_WEIGHTS"  # the note's name in HF_HOME
IN_IMAGE = f"/opt/models/{NOTE}"


def write_note(set_name: str) -> str:
    """Leave a note in the image that is being built for a set. Returns its text."""
    text = (
        "This image has no pretrained weights: the Hub could not be reached when it was built. Small models serve "
        f"instead. With the Hub in reach, or HF_ENDPOINT set to a mirror, {rebuild_command(set_name)} brings them."
    )
    Path(os.environ["HF_HOME"], NOTE).write_text(f"{text}\n", encoding="utf-8")
    return text


def read_note() -> str:
    """The text of the note, or "" where there is none or weights have come since."""
    home = os.environ.get("HF_HOME")
    if not home or any(Path(home).glob("hub/models--*/snapshots")):
        return ""
    try:
        return Path(home, NOTE).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def explain_fetch(set_name: str) -> str:
    """The sentence with the command that brings a set to where this process looks for it."""
    if in_image():
        return f"The weights are part of the image: {rebuild_command(set_name)}, outside of the container, brings them."
    return f"`invoke models --set {set_name} --fetch` brings what is missing or damaged."


def in_image() -> bool:
    """Whether this process finds its weights in an image, where nobody can change them."""
    home = os.environ.get("HF_HOME")
    if not home or os.environ.get("PREP_CONTAINER") != "1":
        return False
    return Path(home).is_dir() and not os.access(home, os.W_OK)


def rebuild_command(set_name: str) -> str:
    """The build that insists on weights. The variable also makes Docker run that step again, despite its cache."""
    service = "lab-cuda" if any(importlib.metadata.distributions(name="triton")) else "lab"  # torch for CUDA brings it
    variable = "" if set_name == "core" else f"MODELS={set_name} "
    return f"`{variable}MODELS_REQUIRED=1 docker compose build {service}`"
