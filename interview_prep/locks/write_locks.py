"""Make every package lock again, and write those that have changed. Left out: saying which (commands.py)."""

from collections.abc import Mapping
from pathlib import Path

from interview_prep.files import write_atomically
from interview_prep.locks import read_locks
from interview_prep.locks.lock_text import format_lock, list_locks
from interview_prep.locks.read_locks import parse_requirements
from interview_prep.locks.resolve import resolve_lock


def write_locks(*, upgrade: bool, environment: Mapping[str, str]) -> list[Path]:
    """Make every lock again; pins that still fit are kept unless `upgrade`. Returns the files that changed.

    Raises LockError if a lock cannot be made; its file stays as it was.
    """
    changed = []
    for lock in list_locks():
        path = read_locks.LOCKS / lock.name
        before = path.read_text() if path.exists() else ""
        previous = [] if upgrade else parse_requirements(before)
        text = format_lock(lock, resolve_lock(lock, previous, environment))
        if text != before:
            write_atomically(path, text)
            changed.append(path)
    return changed
