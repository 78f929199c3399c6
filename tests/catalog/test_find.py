"""Drills are found by the name that a person types, and the catalog has each of them once."""

import pytest

from interview_prep.catalog.find import (
    UnknownDrillError,
    find_drill,
    find_drill_folder,
    list_drill_folders,
    load_catalog,
)
from interview_prep.paths import DRILLS


@pytest.mark.parametrize("typed", ["bpe", "text/bpe", "bpe.py", " bpe ", "text/bpe/", "work/bpe.py"])
def test_name_is_understood_as_people_type_it(typed: str) -> None:
    """With the topic, as a folder or as the answer's file."""
    assert find_drill_folder(typed) == DRILLS / "text" / "bpe"
    assert find_drill(typed).name == "bpe"


def test_misspelled_name_gets_the_nearest_one() -> None:
    """Where one is near enough."""
    count = len(list_drill_folders())
    with pytest.raises(UnknownDrillError) as near:
        find_drill("causal_maks")
    assert str(near.value) == f"No drill 'causal_maks', but 'causal_mask'. `invoke drills` lists all {count}."
    with pytest.raises(UnknownDrillError) as far:
        find_drill("zzz")
    assert str(far.value) == f"No drill 'zzz'. `invoke drills` lists all {count}."


def test_missing_name_gets_the_next_commands() -> None:
    """One that lists the drills, and one that needs no name."""
    with pytest.raises(
        UnknownDrillError, match=r"^Which drill\? `invoke drills` lists them all; `invoke practice` opens"
    ):
        find_drill("")


def test_catalog_has_each_folder_once_by_topic_and_level() -> None:
    """Names are unique, as a drill is called by its folder's name alone."""
    drills = load_catalog()
    assert [drill.folder for drill in sorted(drills, key=lambda drill: drill.folder)] == list_drill_folders()
    assert len({drill.name for drill in drills}) == len(drills) > 20
    assert drills == sorted(drills, key=lambda drill: (drill.topic, drill.level, drill.name))
