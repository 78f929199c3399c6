"""From nothing to an environment: `./prep` in a fresh copy, and pip's recipe, both with empty caches. Needs an index.

The recipe as printed brings PyPI's torch, which on Linux is the CUDA build. If pip's own find-links or extra indexes
hold torch's CPU wheel, the same recipe is also timed with those, so that both sides fetch the same torch.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.measurement import Row, time_command
from interview_prep.bootstrap import pip_settings
from interview_prep.paths import ROOT

# The set-up of the description that this kit grew from: a virtual environment and one pip install.
RECIPE = "torch pandas numpy matplotlib scikit-learn transformers pytest"
PYTHON = str(Path(sys.base_prefix, "bin", "python3.11"))


def measure() -> Iterator[Row]:
    """One row, or two if pip is set to ask for more than its index."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = time_prep(folder)
        for name, environment in recipe_environments().items():
            yield Row("./prep from nothing", prepared, name, time_recipe(environment, folder), "s", "ratio ≤ 0.2")


def time_prep(folder: str) -> float:
    """Seconds of `./prep` in a copy of this checkout without its environment."""
    copy = Path(folder, "copy")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".bootstrap", ".git", "work"))
    environment = without_caches(os.environ, folder)
    return time_command([PYTHON, str(copy / "prep"), "--list"], cwd=copy, environment=environment)


def time_recipe(environment: Mapping[str, str], folder: str) -> float:
    """Seconds of a virtual environment and the recipe's one pip install."""
    venv = tempfile.mkdtemp(dir=folder)
    script = f"{PYTHON} -m venv {venv} && {venv}/bin/pip install -q {RECIPE}"
    seconds = time_command(["sh", "-c", script], cwd=Path(folder), environment=without_caches(environment, folder))
    shutil.rmtree(venv)
    return seconds


def recipe_environments() -> dict[str, dict[str, str]]:
    """The environments for the recipe by the name of their row: pip's index alone, then all of pip's settings."""
    options = pip_settings.read_settings()
    index = {name: options[name] for name in ("index-url", "cert", "proxy") if name in options}
    variables = {f"PIP_{name.upper().replace('-', '_')}": text for name, text in index.items()}
    others = {name: text for name, text in os.environ.items() if not name.startswith("PIP_")}
    environments = {"venv and pip install": {**others, **variables, "PIP_CONFIG_FILE": os.devnull}}
    if {"find-links", "extra-index-url"} & options.keys():
        environments["the same with the CPU build of torch"] = dict(os.environ)
    return environments


def without_caches(environment: Mapping[str, str], folder: str) -> dict[str, str]:
    """An environment in which installers find nothing in a cache, and no .venv on PATH."""
    path = os.pathsep.join(part for part in environment["PATH"].split(os.pathsep) if ".venv" not in part)
    cache = tempfile.mkdtemp(dir=folder)
    return {**environment, "PATH": path, "UV_CACHE_DIR": f"{cache}/uv", "PIP_CACHE_DIR": f"{cache}/pip"}
