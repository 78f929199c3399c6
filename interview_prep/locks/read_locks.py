"""Read a package lock back: which packages it names, in which versions, and which of them this machine installs.

Left out: hashes and wheels, which only installers need. It imports little, because `invoke doctor` starts with it.
"""

import re

from packaging.requirements import Requirement

from interview_prep.errors import KitError
from interview_prep.paths import ROOT

LOCKS = ROOT / "docker" / "locks"
ENTRY = re.compile(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", re.MULTILINE | re.DOTALL)  # one package and its hashes


class LockError(KitError):
    """A package lock cannot be read, or cannot be made."""


def read_locked_versions(name: str) -> dict[str, str]:
    """Package name to version for this machine, from a file of docker/locks/. Raises LockError if it cannot be read."""
    try:
        text = (LOCKS / name).read_text(encoding="utf-8")
    except OSError as error:
        fix = "`git checkout docker/locks` restores it."
        raise LockError(f"Cannot read docker/locks/{name} ({error.strerror}). {fix}") from None
    locked = parse_requirements(text)
    return {each.name: find_pinned_version(each) for each in locked if each.marker is None or each.marker.evaluate()}


def parse_requirements(text: str) -> list[Requirement]:
    """The packages of a lock, without their hashes."""
    return [Requirement(entry.partition("\\\n")[0]) for entry in ENTRY.findall(text)]


def find_pinned_version(requirement: Requirement) -> str:
    """The version to which a locked package is pinned."""
    return next(iter(requirement.specifier)).version
