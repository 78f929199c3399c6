"""The doctor's table and its JSON."""

import io

from rich.console import Console

from interview_prep.gpu.facts import Finding
from interview_prep.machine import view

CHECKS = [
    Finding("memory", "8.0 GB free", "Close something.", blocking=False),
    Finding("port", "8888 is in use by something else", "`invoke lab --port 8889`.", blocking=True),
]


def test_table_shows_fixes_of_problems_only() -> None:
    """A check that is ok needs no fix."""
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(view.render_checks(CHECKS, ready=False))
    assert [line.split() for line in console.export_text().splitlines()] == [
        ["This", "machine", "is", "not", "ready."],
        ["ok", "memory", "8.0", "GB", "free"],
        ["no", "port", "8888", "is", "in", "use", "by", "something", "else"],
        ["`invoke", "lab", "--port", "8889`."],
    ]


def test_json_keeps_the_keys_of_a_check() -> None:
    """Scripts read name, ok, evidence and fix."""
    assert view.as_document(CHECKS[1]) == {
        "name": "port",
        "ok": False,
        "evidence": "8888 is in use by something else",
        "fix": "`invoke lab --port 8889`.",
    }
