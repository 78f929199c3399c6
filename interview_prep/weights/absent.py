"""Weights that are not here: the note in an image that was built without them, and the command that brings them.

In an image they are part of it and nobody writes there, so that only another build brings them. Standard library only:
Lab looks at the note before it starts.
"""

import importlib.metadata
import os
from pathlib import Path

NOTE = "WITHOUT_WEIGHTS"  # the note's name in HF_HOME
IN_IMAGE = f"/opt/models/{NOTE}"


def write_note(chosen: str) -> str:
    """Leave a note in the image that is being built for a set; its text."""
    text = (
        "This image has no pretrained weights: the Hub could not be reached when it was built. Small models serve "
        f"instead. With the Hub in reach, or HF_ENDPOINT set to a mirror, {rebuild_command(chosen)} brings them."
    )
    Path(os.environ["HF_HOME"], NOTE).write_text(f"{text}\n", encoding="utf-8")
    return text


def read_note() -> str:
    """What the note says, or "" where there is none or weights have come since."""
    home = os.environ.get("HF_HOME")
    if not home or any(Path(home).glob("hub/models--*/snapshots")):
        return ""
    try:
        return Path(home, NOTE).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def say_how_to_bring(chosen: str) -> str:
    """The sentence with the command that brings a set to where this process looks for it."""
    if in_image():
        return f"The weights are part of the image: {rebuild_command(chosen)}, outside of the container, brings them."
    return f"`invoke models --set {chosen} --fetch` brings what is missing or damaged."


def in_image() -> bool:
    """Whether the weights that this process finds are those of an image, which nobody here can change."""
    home = os.environ.get("HF_HOME")
    if not home or os.environ.get("PREP_CONTAINER") != "1":
        return False
    return Path(home).is_dir() and not os.access(home, os.W_OK)


def rebuild_command(chosen: str) -> str:
    """The build that insists on weights. The variable also makes Docker run that step anew, whose result it keeps."""
    service = "lab-cuda" if any(importlib.metadata.distributions(name="triton")) else "lab"  # torch for CUDA brings it
    which = "" if chosen == "core" else f"MODELS={chosen} "
    return f"`{which}MODELS_REQUIRED=1 docker compose build {service}`"
