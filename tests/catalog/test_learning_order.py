"""The drills that come first, by the front matter of all drills together. Left out: whether the order teaches well."""

from graphlib import CycleError, TopologicalSorter

import pytest

from interview_prep.catalog.find import load_catalog

AFTER = {drill.name: drill.after for drill in load_catalog()}


def find_unknown_names(after: dict[str, tuple[str, ...]]) -> set[str]:
    """Find what comes first somewhere and is no drill."""
    return {name for names in after.values() for name in names} - after.keys()


def test_what_comes_first_is_a_drill() -> None:
    """A renamed drill is renamed wherever it comes first."""
    assert find_unknown_names(AFTER) == set()
    assert find_unknown_names({"double": ("single", "double"), "triple": ()}) == {"single"}


def test_no_drill_comes_before_itself() -> None:
    """There is an order in which each drill comes after those that it names."""
    assert {*TopologicalSorter(AFTER).static_order()} >= AFTER.keys()
    with pytest.raises(CycleError):
        TopologicalSorter({"double": ("triple",), "triple": ("double",)}).prepare()
