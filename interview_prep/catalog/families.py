"""families.toml: what a drill forbids by topic, as the full names of functions, classes and modules.

A drill's `forbids` has families and full names of its own. Left out: finding any of them in an answer.
"""

import functools
import tomllib
from collections.abc import Iterable
from pathlib import Path

FAMILIES_FILE = Path(__file__).with_name("families.toml")


@functools.cache
def load_families() -> dict[str, tuple[str, ...]]:
    """Each family's full names; `x.*` stands for everything in the module x."""
    families = tomllib.loads(FAMILIES_FILE.read_text(encoding="utf-8"))
    return {family: tuple(names.split()) for family, names in families.items()}


def is_family_or_name(forbidden: str) -> bool:
    """Whether an entry of `forbids` is a family, or could be a full name."""
    return forbidden in load_families() or "." in forbidden


def expand_forbidden(forbids: Iterable[str]) -> list[str]:
    """The full names that stand behind the entries of `forbids`."""
    return [name for entry in forbids for name in load_families().get(entry, (entry,))]


def describe_forbidden(forbids: Iterable[str]) -> str:
    """One line for the candidate: each family with an example, each name as it is."""
    families = load_families()
    shown = (f"ready-made {each} (such as {families[each][0]})" if each in families else each for each in forbids)
    return ", ".join(shown)
