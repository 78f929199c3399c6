"""The call that a failed check is about, found in the source of the checks."""

from pathlib import Path

import pytest

from interview_prep.judge.call_source import find_call_source, truncate

CHECKS = """
def test_all():
    assert double(1) == 2
    got = double(3)
    for _ in range(2):
        try:
            assert got == 6
        except ValueError:
            assert_close(double(4), 8)
    assert_close(
        double(5),
        10,
    )
    one, (*_, last) = double(7), double(8)
    assert last == 16
    one, *_ = double(9)
    assert one == 18
    got, seen = double(10), []
    assert seen == [20]
"""


@pytest.mark.parametrize(
    ("line", "call"),
    [
        (3, "double(1)"),
        (7, "double(3)"),
        (9, "double(4)"),
        (11, "double(5)"),
        (12, "double(5)"),
        (15, "double(8)"),
        (17, "double(9)"),
        (19, "seen"),
    ],
)
def test_call_is_found_from_any_line(tmp_path: Path, line: int, call: str) -> None:
    """From any line of a statement, in blocks too, and through the name that holds the value."""
    checks = tmp_path / "test_answer.py"
    checks.write_text(CHECKS)
    assert find_call_source(str(checks), line).text == call


def test_line_outside_of_the_source_has_no_call(tmp_path: Path) -> None:
    """A file that is gone, or shorter than it was, is no error."""
    assert find_call_source(str(tmp_path / "test_answer.py"), 3).text == ""


def test_long_call_is_truncated() -> None:
    """It stands on one line of a terminal."""
    assert truncate("double(x)", 9) == "double(x)"
    assert truncate("double(x, y)", 9) == "double(x…"
