"""Forbidden calls, as they are reached while an answer runs: by every route, and only from the answer."""

from pathlib import Path
from typing import Any

import pytest

from interview_prep.judge.guard import Guard
from interview_prep.judge.tripwires import ForbiddenCall, allows_tripwire, install_tripwires, is_method
from tests.support.forked import run_in_fork

ANSWER, CHECKS = "/work/answer.py", "/drills/double/test_answer.py"
FORBIDS = ["statistics.mean", "fractions.Fraction.limit_denominator", "decimal.Context", "string.Formatter"]
ROUTES = {
    "by name": ("import statistics\nstatistics.mean([1, 2])", "statistics.mean"),
    "by an alias": ("from statistics import mean as average\naverage([1, 2])", "statistics.mean"),
    "by getattr": ("import statistics\ngetattr(statistics, 'me' + 'an')([1, 2])", "statistics.mean"),
    "as a method": ("from fractions import Fraction\nFraction(1, 3).limit_denominator(2)", FORBIDS[1]),
    "as a class": ("import string\nstring.Formatter()", "string.Formatter"),
    "as a class by getattr": ("import string\ngetattr(string, 'Form' + 'atter')()", "string.Formatter"),
    "as a class that derives": ("import string\nclass Own(string.Formatter): pass\nOwn()", "string.Formatter"),
    "through a library": ("import statistics\nlist(map(statistics.mean, [[1, 2]]))", "statistics.mean"),
}


def run_with_tripwires(source: str, file: str = ANSWER) -> tuple[str, str]:
    """The exception that a program ends with under tripwires, and what the guard notes."""

    def run() -> tuple[str, str]:
        guard = Guard(Path("/drills/double"), Path("/judge/scratch"), ANSWER)
        install_tripwires(FORBIDS, guard)
        try:
            exec(compile(source, file, "exec"), {"__name__": "answer"})
        except ForbiddenCall as error:
            return str(error), guard.refused
        return "", guard.refused

    outcome = run_in_fork(run)
    assert isinstance(outcome, tuple), outcome
    return outcome


@pytest.mark.parametrize("route", ROUTES)
def test_forbidden_call_raises(route: str) -> None:
    """Whatever way the answer takes to it, and the guard keeps which call it was."""
    source, name = ROUTES[route]
    sentence = f"It uses {name}, which this drill is about: write it yourself."
    assert run_with_tripwires(source) == (sentence, sentence)


def test_caught_call_is_remembered() -> None:
    """An answer that catches even BaseException doesn't get away with it."""
    source = "import statistics\ntry:\n    statistics.mean([1])\nexcept BaseException:\n    pass\n"
    raised, refused = run_with_tripwires(source)
    assert raised == ""
    assert refused.startswith("It uses statistics.mean")


def test_checks_may_call_what_is_forbidden() -> None:
    """A check compares with the very function that the drill is about."""
    assert run_with_tripwires("import statistics\nassert statistics.mean([1, 3]) == 2", CHECKS) == ("", "")


def test_name_that_does_not_exist_is_an_error() -> None:
    """A typo in a drill's front matter names itself."""
    guard = Guard(Path("/drills/double"), Path("/judge/scratch"))
    with pytest.raises(LookupError, match=r"The drill forbids statistics\.maen, which does not exist\."):
        install_tripwires(["statistics.maen"], guard)


def test_type_in_c_is_left_alone() -> None:
    """Its methods can't be replaced; the source rules find them instead."""
    replaced: Any = run_in_fork(
        lambda: [name for _, name in install_tripwires(["numpy.ndarray.sort"], Guard(Path("/d"), Path("/s")))]
    )
    assert replaced == []
    assert is_method("numpy.ndarray.sort")
    assert not allows_tripwire("numpy.ndarray.sort")
    assert allows_tripwire("fractions.Fraction.limit_denominator")
